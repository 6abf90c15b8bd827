import * as fc from 'fast-check';

// The same cases in each run, so that a failure is one of the change at hand; FAST_CHECK_SEED=0 and so on looks at
// others.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.FAST_CHECK_SEED ?? 2026) });
