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
  // "10,000 yuan" is a unit of the English pages.
  const withUnit = (value, unit) => `${number.format(value)}${/^\d/.test(unit) ? " ×" : ""} ${unit}`;
  const shown = (value, unit, none) => (value === null || value === undefined || Number.isNaN(value) ? none : withUnit(value, unit));

  const axes = (data, horizontal) => {
    const names = { type: "category", data: data.names, axisLabel: { ...font, color: MUTED, width: horizontal ? 128 : 80, overflow: horizontal ? "truncate" : "break", interval: data.kind === "bar" ? 0 : "auto" }, axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } } };
    const values = { type: "value", name: data.unit, nameLocation: horizontal ? "middle" : "end", nameGap: horizontal ? 28 : 15, nameTextStyle: { ...font, color: MUTED }, axisLabel: { ...font, color: MUTED, formatter: (value) => number.format(value) }, splitLine: { lineStyle: { color: LINE } } };
    return horizontal ? { xAxis: values, yAxis: { ...names, inverse: true } } : { xAxis: names, yAxis: values };
  };

  // In half widths: a Chinese character is as wide as two letters.
  const widthOf = (name) => [...name].reduce((width, character) => width + (character > "\u2e7f" ? 2 : 1), 0);

  // Bars lie down where their names would not fit side by side.
  const plain = (data, width) => {
    const room = (width - 64) / data.names.length;
    const horizontal = data.kind === "bar" && (data.names.length > 6 || data.names.some((name) => widthOf(name) * 6.5 + 8 > room));
    return {
      color: SERIES,
      textStyle: font,
      animation: false,
      grid: { left: 8, right: 24, top: horizontal ? 8 : 40, bottom: horizontal ? 28 : 8, containLabel: true },
      legend: data.series.length > 1 ? { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: font } : { show: false },
      tooltip: { trigger: "axis", renderMode: "richText", textStyle: font, valueFormatter: (value) => shown(value, data.unit, data.none) },
      ...axes(data, horizontal),
      series: data.series.map((each) => ({ name: each.name, type: data.kind, data: each.values, barMaxWidth: 24, symbolSize: 6, lineStyle: { width: 2 } })),
    };
  };

  // The corners of the features of one province, so that it fills the picture; what lies outside is drawn all the same.
  const corners = (features) => {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    const walk = (coordinates) => {
      if (typeof coordinates[0] === "number") {
        box[0] = Math.min(box[0], coordinates[0]);
        box[1] = Math.min(box[1], coordinates[1]);
        box[2] = Math.max(box[2], coordinates[0]);
        box[3] = Math.max(box[3], coordinates[1]);
      } else {
        coordinates.forEach(walk);
      }
    };
    features.forEach((feature) => walk(feature.geometry.coordinates));
    return Number.isFinite(box[0]) ? [[box[0], box[3]], [box[2], box[1]]] : undefined;
  };

  const AREA = { areaColor: "#f1f3f5", borderColor: "#b6c0cb", borderWidth: 0.6 };

  const map = (data, layer, name, inset) => {
    echarts.registerMap(name, layer);
    const values = Object.values(data.values).filter((value) => value !== null);
    const most = Math.max(...values, 1);
    const areas = layer.features.filter((feature) => feature.properties.kind !== "boundary");
    const series = [{
      type: "map", map: name, nameProperty: "id", roam: true, scaleLimit: { min: 0.1, max: 40 }, selectedMode: false,
      left: 8, right: 8, top: 8, bottom: 40,
      boundingCoords: data.within ? corners(areas.filter((feature) => feature.properties.code.startsWith(data.within))) : undefined,
      label: { show: false }, itemStyle: AREA, emphasis: { label: { show: false }, itemStyle: { areaColor: "#f6dfae" } },
      data: areas.map((feature) => ({ name: feature.properties.id, value: data.values[feature.properties.code] ?? NaN })),
    }];
    if (inset) {
      echarts.registerMap(`${name}-inset`, inset);
      series.push({
        type: "map", map: `${name}-inset`, nameProperty: "id", roam: false, silent: true, selectedMode: false, z: 5,
        right: 8, bottom: 32, width: 112, height: 112, label: { show: false }, itemStyle: { ...AREA, areaColor: "#fff", borderWidth: 0.4 },
        data: inset.features.filter((feature) => data.within && feature.properties.code.startsWith(data.within))
          .map((feature) => ({ name: feature.properties.id, itemStyle: { areaColor: ACCENT } })),
      });
    }
    const named = Object.fromEntries(layer.features.map((feature) => [feature.properties.id, feature.properties.name]));
    return {
      textStyle: font,
      animation: false,
      tooltip: { trigger: "item", renderMode: "richText", textStyle: font, formatter: (point) => `${named[point.name] || ""}\n${shown(point.value, data.unit, data.none)}` },
      visualMap: values.length ? {
        type: "continuous", seriesIndex: 0, min: 0, max: most, orient: "horizontal", left: 0, bottom: 0, itemWidth: 10, itemHeight: 80, calculable: false,
        text: [withUnit(most, data.unit), "0"], inRange: { color: ["#dce8f4", "#7fabd3", ACCENT] }, textStyle: { ...font, color: MUTED },
      } : undefined,
      series,
    };
  };

  // Features are told apart by a number: boundary lines have no code, and names repeat (朝阳区).
  const fetchLayer = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) return null;
    const layer = await answer.json();
    layer.features.forEach((feature, position) => {
      feature.properties.id = String(position);
    });
    return layer;
  };

  const draw = async (element) => {
    const data = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    const isMap = data.kind === "map";
    const layer = isMap ? await fetchLayer(data.layer) : null;
    const inset = isMap && data.inset ? await fetchLayer(data.inset) : null;
    if (isMap && !layer) {
      element.hidden = true;
      element.parentElement.querySelector("[data-no-map]")?.removeAttribute("hidden");
      return;
    }
    const chart = echarts.init(element, null, { renderer: "canvas" });
    new ResizeObserver(() => chart.resize()).observe(element);
    chart.setOption(isMap ? map(data, layer, element.dataset.chart, inset) : plain(data, element.clientWidth));
    chart.on("click", (point) => {
      const key = isMap ? layer.features[Number(point.name)]?.properties.code : point.dataIndex;
      const address = data.addresses?.[key];
      if (address) window.location.assign(address);
    });
    element.dataset.drawn = "1";
  };

  const drawAll = (root) => {
    for (const element of root.querySelectorAll("[data-chart]:not([data-claimed])")) {
      element.dataset.claimed = "1";
      draw(element);
    }
  };

  drawAll(document);
  // A part of a page that htmx brings later has its charts too.
  document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
})();
