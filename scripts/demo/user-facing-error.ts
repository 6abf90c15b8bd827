/** An error whose message says everything; a stack would only be noise. */
export class UserFacingError extends Error {}
