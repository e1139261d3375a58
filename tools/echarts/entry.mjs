// The parts of Apache ECharts that a chart of ours asks for: bars on two axes, drawn as SVG, with patterns.
import { init, use } from "echarts/core";
import { BarChart } from "echarts/charts";
import { AriaComponent, GridSimpleComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, GridSimpleComponent, AriaComponent, SVGRenderer]);
export { init };
