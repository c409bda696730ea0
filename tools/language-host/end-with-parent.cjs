// Ends this process when the one that started it is gone, however it went: the parent holds the other end of stdin.
// Preloaded into programs and plugins, which would outlive an engine that was killed outright.
const { fstatSync } = require("node:fs");

const isPipe = () => {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket();
  } catch {
    return false;
  }
};

if (isPipe()) {
  process.stdin.on("error", () => process.exit(1));
  process.stdin.on("end", () => process.exit(1));
  process.stdin.resume();
  process.stdin.unref();
}
