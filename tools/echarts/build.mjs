// Builds limu/page/static/limu/vendor/echarts-6.1.0-bars.min.js; see limu/page/static/VENDOR.md for the steps.
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { minify } from "terser";

// What is left out is never reached by such a chart: dark theme, options of ECharts 2, the loading mask, canvas.
const LEFT_OUT = {
  "echarts/lib/theme/dark.js": "export default {};",
  "echarts/lib/preprocessor/backwardCompat.js": "export default function () {}",
  "echarts/lib/loading/default.js": "export default function () {}",
  "zrender/lib/canvas/graphic.js":
    "export function brushSingle() {} export function brush() {} export function brushLoopFinalize() {} export function createCanvasPattern() {}",
};
const NOTICE = readFileSync("node_modules/echarts/NOTICE", "utf-8").trim().split("\n").slice(0, 5).join("\n ");
const leave = {
  name: "leave out",
  setup(work) {
    work.onLoad({ filter: /\.js$/ }, ({ path }) => {
      const found = Object.keys(LEFT_OUT).find((name) => path.endsWith(name));
      return found ? { contents: LEFT_OUT[found] } : undefined;
    });
  },
};
const made = await build({
  entryPoints: ["entry.mjs"], bundle: true, minify: true, write: false, format: "iife", globalName: "echarts", target: "es2020",
  define: { __DEV__: "false" }, plugins: [leave],
});
const small = await minify(made.outputFiles[0].text, {
  ecma: 2020, compress: { passes: 3, pure_getters: true, unsafe: true }, mangle: true,
});
writeFileSync("echarts-6.1.0-bars.min.js", `/*! ${NOTICE}\n Apache License 2.0. A build of bars alone, see VENDOR.md. */\n${small.code}\n`);
