// Preloaded by `--import`: a machine whose clock is an hour ahead.
const now = Date.now;
Date.now = () => now() + 60 * 60_000;
