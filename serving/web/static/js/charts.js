// The chart of the stages: how long they took as a share of the limit, on a day and a week before.
// The numbers stand in the table below it; colours come from the theme of the page.

const Plotly = () => globalThis.Plotly;

// The library is loaded before this module is run: both wait for the document, in its order.
export function draw() {
  if (!Plotly()) return;
  paint();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  document.addEventListener("board:renewed", paint);
}

function paint() {
  const { chart, words } = JSON.parse(document.getElementById("chart-data").textContent);
  const place = document.getElementById("chart");
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(`--${name}`).trim();
  const names = chart.names;
  const layout = {
    barmode: "group", bargap: 0.35, bargroupgap: 0.12,
    height: 96 + 44 * names.length,
    margin: { l: 10, r: 44, t: 34, b: 44 },
    paper_bgcolor: "transparent", plot_bgcolor: "transparent",
    font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: color("ink") },
    xaxis: { title: { text: words.axis }, rangemode: "tozero", gridcolor: color("line"), zeroline: false, ticksuffix: " %", fixedrange: true },
    yaxis: { autorange: "reversed", automargin: true, fixedrange: true, tickfont: { size: 13 }, ticklen: 6, tickcolor: "transparent" },
    legend: { orientation: "h", x: 0, y: 1.0, yanchor: "bottom", traceorder: "normal" },
    hoverlabel: { bgcolor: color("sheet"), bordercolor: color("line"), font: { color: color("ink") } },
    shapes: [{ type: "line", x0: 100, x1: 100, yref: "paper", y0: 0, y1: 1, line: { color: color("ink"), width: 2 } }],
  };
  const bars = (rows, name, fill, edge) => ({
    type: "bar", orientation: "h", name: `${name} · ${words.p50}`, y: names, x: rows.map((row) => row?.[0] ?? null),
    marker: { color: fill, line: { color: edge, width: 1 } },
    error_x: { type: "data", symmetric: false, array: rows.map((row) => (row ? Math.max(0, row[1] - row[0]) : 0)), color: color("soft"), thickness: 1.5, width: 5 },
    customdata: rows.map((row) => row?.[1] ?? null),
    hovertemplate: `${words.p50} %{x} %, ${words.p90} %{customdata} %<extra>${name}</extra>`,
  });
  const traces = [bars(chart.today, words.today, color("calm"), color("calm")), bars(chart.before, words.before, color("faint"), color("soft"))];
  Plotly().react(place, traces, layout, { displayModeBar: false, responsive: true });
}
