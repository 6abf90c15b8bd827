/** Version of uv that is installed into a repository when none is on the PATH, and in builds. */
export const UV_VERSION = '0.13.9';
