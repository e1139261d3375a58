// Draws each chart from the table below it. Whoever has no script reads the table; whoever has, may open it.
(() => {
  "use strict";
  const TONES = {
    good: ["#2c7a53", null],
    calm: ["#1c5a9e", null],
    warn: ["#9a6700", { color: "rgba(255,255,255,.3)", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 4 }],
    bad: ["#a8231c", { color: "rgba(255,255,255,.45)", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 2 }],
    plain: ["#8a99a8", null],
  };
  const INK = "#1a2632";
  const MUTED = "#4d5b69";
  const LINE = "#dbe3ec";
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const font = getComputedStyle(document.body).fontFamily;

  const read = (figure) => {
    const table = figure.querySelector("table");
    const heads = [...table.tHead.rows[0].cells].slice(1);
    const rows = [...table.tBodies[0].rows];
    const value = (cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value));
    return {
      names: rows.map((row) => row.cells[0].textContent),
      series: heads.map((head, at) => ({
        name: head.textContent,
        tone: head.dataset.tone,
        values: rows.map((row) => value(row.cells[at + 1])),
      })),
    };
  };

  const option = (figure) => {
    const { names, series } = read(figure);
    const flat = "flat" in figure.dataset;
    const stacked = "stacked" in figure.dataset;
    const unit = figure.dataset.unit || "";
    const text = { color: MUTED, fontFamily: font, fontSize: 0.8125 * rem };
    const grouped = !stacked || series.length === 1;
    const longest = Math.max(...names.map((name) => name.length));
    const room = Math.min(8.5, longest * 0.875 + 0.25) * rem;
    const words = {
      type: "category",
      data: names,
      inverse: flat,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE } },
      axisLabel: { ...text, color: INK, hideOverlap: true, ...(flat ? { width: room, overflow: "truncate" } : {}) },
    };
    const numbers = {
      type: "value",
      minInterval: unit === "%" ? 0 : 1,
      ...(unit === "%" ? { max: 100, interval: 25 } : {}),
      splitNumber: 4,
      axisLabel: { ...text, formatter: `{value}${unit}`, hideOverlap: true },
      splitLine: { lineStyle: { color: LINE } },
    };
    return {
      animation: false,
      aria: { enabled: true, label: { enabled: false } },
      grid: { left: flat ? room + 0.75 * rem : 3.5 * rem, right: 3 * rem, top: 0.75 * rem, bottom: 1.75 * rem },
      xAxis: flat ? numbers : words,
      yAxis: flat ? words : numbers,
      series: series.map((one) => ({
        type: "bar",
        name: one.name,
        data: one.values,
        stack: stacked ? "all" : undefined,
        barMaxWidth: 1.5 * rem,
        silent: true,
        itemStyle: { color: TONES[one.tone][0], decal: TONES[one.tone][1] },
        label: {
          show: grouped,
          position: flat ? "right" : "top",
          formatter: `{c}${unit}`,
          ...text,
          fontSize: 0.75 * rem,
        },
      })),
    };
  };

  const draw = (figure) => {
    const area = figure.querySelector(".chart-area");
    const rows = figure.querySelector("tbody").rows.length;
    const bars = "stacked" in figure.dataset ? 1 : figure.querySelectorAll("thead th").length - 1;
    const height = "flat" in figure.dataset ? rows * Math.max(2, bars * 1.125 + 0.5) * rem + 3 * rem : 14 * rem;
    area.hidden = false;
    figure.querySelector(".legend").hidden = false;
    const chart = window.echarts.init(area, null, { renderer: "svg", height });
    chart.setOption(option(figure));
    figure.querySelector("details").open = false;
    new ResizeObserver(() => chart.resize({ height })).observe(area);
  };

  document.querySelectorAll("[data-chart]").forEach((figure) => {
    try {
      draw(figure);
    } catch (wrong) {
      // The table says it all.
      figure.querySelector(".chart-area").hidden = true;
      figure.querySelector(".legend").hidden = true;
      figure.querySelector("details").open = true;
    }
  });
})();
