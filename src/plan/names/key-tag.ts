/**
 * Tag of the delivery's keys, with the name of their alias as its value: keys have no names, and who may change one
 * must be said by something that is there as soon as the key is.
 */
export const KEY_TAG = 'sagemaker-cicd:key';
