// Draws the charts of a page from the JSON elements beside them. Tooltips are drawn on the canvas (renderMode richText):
// an HTML tooltip would need style attributes, which the Content-Security-Policy refuses.
"use strict";

(() => {
  const css = getComputedStyle(document.documentElement);
  const colour = (name) => css.getPropertyValue(name).trim();
  const INK = colour("--ink");
  const MUTED = colour("--muted");
  const LINE = colour("--line");
  const ACCENT = colour("--accent");
  const PLAN = "#a9b4c2";
  const SERIES = [ACCENT, PLAN, "#4f8a6b", "#b07b2c", "#8a5a83", "#5b7f95"];
  const font = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12, color: INK };
  const number = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
  const shown = (value, unit, none) => (value === null || value === undefined || Number.isNaN(value) ? none : `${number.format(value)} ${unit}`);

  const axes = (data, horizontal) => {
    const names = { type: "category", data: data.names, axisLabel: { ...font, color: MUTED, width: 112, overflow: "truncate" }, axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } } };
    const values = { type: "value", name: data.unit, nameTextStyle: { ...font, color: MUTED }, axisLabel: { ...font, color: MUTED, formatter: (value) => number.format(value) }, splitLine: { lineStyle: { color: LINE } } };
    return horizontal ? { xAxis: values, yAxis: { ...names, inverse: true } } : { xAxis: names, yAxis: values };
  };

  const plain = (data) => {
    const horizontal = data.kind === "bar" && data.names.length > 6;
    return {
      color: SERIES,
      textStyle: font,
      animation: false,
      grid: { left: 8, right: 24, top: 40, bottom: 8, containLabel: true },
      legend: data.series.length > 1 ? { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: font } : { show: false },
      tooltip: { trigger: "axis", renderMode: "richText", textStyle: font, valueFormatter: (value) => shown(value, data.unit, data.none) },
      ...axes(data, horizontal),
      series: data.series.map((each) => ({ name: each.name, type: data.kind, data: each.values, barMaxWidth: 24, symbolSize: 6, lineStyle: { width: 2 } })),
    };
  };

  const map = (data, layer, name) => {
    echarts.registerMap(name, layer);
    const values = Object.values(data.values).filter((value) => value !== null);
    const areas = layer.features.filter((feature) => feature.properties.kind !== "boundary");
    return {
      textStyle: font,
      animation: false,
      tooltip: { trigger: "item", renderMode: "richText", textStyle: font, formatter: (point) => `${point.name}\n${shown(point.value, data.unit, data.none)}` },
      visualMap: values.length ? {
        type: "continuous", min: 0, max: Math.max(...values, 1), left: 8, bottom: 8, itemWidth: 10, itemHeight: 80, calculable: false,
        inRange: { color: ["#dce8f4", "#7fabd3", ACCENT] }, textStyle: { ...font, color: MUTED }, formatter: (value) => number.format(value),
      } : undefined,
      series: [{
        type: "map", map: name, nameProperty: "code_and_name", roam: true, scaleLimit: { min: 1, max: 40 },
        label: { show: false }, selectedMode: false,
        itemStyle: { areaColor: "#f1f3f5", borderColor: "#b6c0cb", borderWidth: 0.6 },
        emphasis: { label: { show: false }, itemStyle: { areaColor: "#f6dfae" } },
        data: areas.map((feature) => ({ name: feature.properties.code_and_name, value: data.values[feature.properties.code] ?? NaN })),
      }],
    };
  };

  const draw = async (element) => {
    const data = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    const chart = echarts.init(element, null, { renderer: "canvas" });
    new ResizeObserver(() => chart.resize()).observe(element);
    if (data.kind === "map") {
      const answer = await fetch(data.layer);
      if (!answer.ok) {
        element.hidden = true;
        element.parentElement.querySelector("[data-no-map]")?.removeAttribute("hidden");
        return;
      }
      const layer = await answer.json();
      for (const feature of layer.features) feature.properties.code_and_name = feature.properties.name;
      chart.setOption(map(data, layer, element.dataset.chart));
      chart.on("click", (point) => {
        const feature = layer.features.find((each) => each.properties.name === point.name);
        const address = feature && data.addresses?.[feature.properties.code];
        if (address) window.location.assign(address);
      });
    } else {
      chart.setOption(plain(data));
      chart.on("click", (point) => {
        const address = data.addresses?.[point.dataIndex];
        if (address) window.location.assign(address);
      });
    }
    element.dataset.drawn = "1";
  };

  for (const element of document.querySelectorAll("[data-chart]")) draw(element);
})();
