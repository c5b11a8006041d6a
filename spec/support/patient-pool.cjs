// Lets mocha's workers end in their own time. One second after its last test a worker is killed,
// and on a busy machine that is before it has written its coverage, which is lost then.
const mocha = require.resolve("mocha/package.json");
const workerpool = require(require.resolve("workerpool", { paths: [mocha] }));

const { pool } = workerpool;
workerpool.pool = (script, options) =>
  pool(script, { ...options, workerTerminateTimeout: 120_000 });
