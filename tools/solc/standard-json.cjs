// npm's `solc` behind the native compiler's `--standard-json [--base-path P] [--allow-paths A]`:
// reads the input from standard input or the named file, writes nothing but the output's JSON.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const VERSION = "0.8.30+commit.73712a01";
const WITH_VALUE = new Set(["--base-path", "--allow-paths", "--include-path"]);

function fail(message) {
  process.stderr.write(`solc: ${message}\n`);
  process.exit(1);
}

function parse(argv) {
  const options = { standardJson: false, basePath: process.cwd(), includePaths: [], input: null };
  for (let i = 0; i < argv.length; i += 1) {
    let [flag, value] = argv[i].split(/=(.*)/s, 2);
    if (WITH_VALUE.has(flag) && value === undefined) value = argv[(i += 1)];
    if (flag === "--standard-json") options.standardJson = true;
    else if (flag === "--base-path") options.basePath = path.resolve(value);
    else if (flag === "--include-path") options.includePaths.push(path.resolve(value));
    else if (flag === "--allow-paths") continue; // reads are confined to the roots below anyway
    else if (!flag.startsWith("-")) options.input = argv[i];
    else if (flag !== "-") fail(`unknown option ${flag}`);
  }
  return options;
}

// Imports that the input does not carry are read relative to the base path, then from node_modules.
function reader(options) {
  const repository = path.resolve(__dirname, "..", "..");
  const roots = [
    options.basePath,
    ...options.includePaths,
    path.join(options.basePath, "node_modules"),
    path.join(repository, "node_modules"),
  ];
  const confined = (file) =>
    [...roots, repository].some((root) => !path.relative(root, file).startsWith(".."));
  return (name) => {
    for (const root of roots) {
      const file = path.resolve(root, name);
      if (confined(file) && fs.existsSync(file)) return { contents: fs.readFileSync(file, "utf8") };
    }
    return { error: `File not found: ${name} (looked in ${roots.join(", ")})` };
  };
}

const options = parse(process.argv.slice(2));
if (!options.standardJson) fail("only --version and --standard-json are supported");
const input = fs.readFileSync(options.input ?? 0, "utf8");

const solc = require("solc");
if (!solc.version().startsWith(VERSION)) fail(`node_modules has solc ${solc.version()}, not ${VERSION}`);
process.stdout.write(solc.compile(input, { import: reader(options) }) + "\n");
