"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const digits = (x, n) => String(Number(x.toPrecision(n)));
  const layers = (x) => (x < 10 ? x.toFixed(2) : x < 100 ? x.toFixed(1) : Math.round(x).toLocaleString("en"));

  // Claims: by a word and by verdict.
  const rows = [...document.querySelectorAll("#claims tbody tr")];
  const filter = () => {
    const words = by("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdict = document.querySelector("[name=verdict]:checked").value;
    let shown = 0;
    for (const row of rows) {
      const own = row.dataset.verdict;
      const fits = !verdict || own === verdict || (verdict === "fails" && own === "missing");
      const text = row.textContent.toLowerCase();
      row.hidden = !(fits && words.every((word) => text.includes(word)));
      shown += row.hidden ? 0 : 1;
    }
    by("found").textContent = `${shown} of ${rows.length}`;
  };
  by("filter").hidden = false;
  by("filter").addEventListener("input", filter);
  by("filter").addEventListener("submit", (event) => event.preventDefault());
  filter();

  // A link to a claim opens it.
  const open = () => {
    const target = location.hash && by(decodeURIComponent(location.hash.slice(1)));
    const details = target && target.querySelector("details");
    if (details && target.id.startsWith("claim-")) details.open = true;
  };
  window.addEventListener("hashchange", open);
  open();

  // Number formats.
  const formats = JSON.parse(by("formats-data").textContent);
  const select = by("format");
  for (const format of formats) {
    const option = document.createElement("option");
    option.value = format.name;
    option.textContent = `${format.name} (${format.bits} bit${format.bits === 1 ? "" : "s"})`;
    select.append(option);
  }
  select.value = formats.some((format) => format.name === "int4") ? "int4" : select.value;

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  const scales = (format) => {
    const space = "http" + "://www.w3.org/2000/svg";
    const make = (name, attributes, text) => {
      const made = document.createElementNS(space, name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      if (text) made.textContent = text;
      return made;
    };
    const [width, height, left, bottom, top] = [480, 190, 46, 34, 14];
    const factors = format.off.map(([factor]) => Math.log2(factor));
    const [low, high] = [Math.min(...factors), Math.max(...factors)];
    const x = (factor) => left + ((Math.log2(factor) - low) / (high - low)) * (width - left - 12);
    const y = (share) => height - bottom - share * (height - bottom - top);
    const picture = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `xi of ${format.name} against the scale, in units of the best` });
    for (const share of [0, 0.5, 1]) {
      picture.append(make("line", { x1: left, x2: width - 12, y1: y(share), y2: y(share), stroke: "currentColor", "stroke-opacity": 0.25 }));
      picture.append(make("text", { x: left - 6, y: y(share) + 4, "text-anchor": "end" }, `${100 * share} %`));
    }
    for (const factor of [0.25, 0.5, 1, 2, 4]) {
      picture.append(make("text", { x: x(factor), y: height - bottom + 16, "text-anchor": "middle" }, String(factor)));
    }
    picture.append(make("text", { x: (left + width) / 2, y: height - 4, "text-anchor": "middle" }, "scale over the best scale"));
    const points = format.off.map(([factor, depth]) => `${x(factor).toFixed(1)},${y(depth / format.depth_scale).toFixed(1)}`);
    picture.append(make("polyline", { points: points.join(" "), fill: "none", stroke: "currentColor", "stroke-width": 2 }));
    return picture;
  };

  const answer = () => {
    const format = formats.find((candidate) => candidate.name === select.value);
    const depth = Number(by("depth").value);
    const fanIn = Number(by("fan-in").value);
    const place = by("answer");
    place.replaceChildren();
    if (!format) return;
    if (!(Number.isInteger(depth) && depth >= 1 && Number.isInteger(fanIn) && fanIn >= 1)) {
      place.append(element("p", "Layers and fan-in are whole numbers of at least 1.", { role: "alert" }));
      return;
    }
    const xi = format.depth_scale;
    const deep = depth / xi;
    const left = 100 * Math.exp(-deep);
    const share = left < 0.01 ? "less than 0.01 %" : `${digits(left, 2)} %`;
    const facts = [
      ["depth scale ξ", `${layers(xi)} layers`, "xi"],
      ["4 ξ, 6 ξ, 9 ξ", [4, 6, 9].map((k) => layers(k * xi)).join(", ") + " layers"],
      [`${depth} layers`, `${digits(deep, 3)} ξ: ${share} of a small correlation is left`, "deep"],
      ["largest value", `at ${format.reach.toFixed(4)} standard deviations of the pre-activations`],
      ["weight gain σ_w", `${format.sigma_w.toFixed(6)}, for values divided by the largest`],
      ["weights", `standard deviation ${digits(format.sigma_w / Math.sqrt(fanIn), 7)}`, "std"],
      ["gradient slope", format.slope.toFixed(6)],
    ];
    const list = element("dl", "", { class: "facts" });
    for (const [name, text, id] of facts) {
      list.append(element("dt", name), element("dd", text, id ? { id: `fact-${id}` } : {}));
    }
    place.append(list, scales(format));
    const enough = formats.filter((candidate) => 4 * candidate.depth_scale >= depth);
    const names = enough.map((candidate) => `${candidate.name} (${candidate.bits})`).join(", ");
    place.append(element("p", enough.length ? `Formats that carry ${depth} layers within 4 ξ, with their bits: ${names}.` : `No format of up to 8 bits carries ${depth} layers within 4 ξ.`, { id: "enough" }));
  };
  by("explorer").hidden = false;
  by("explorer").addEventListener("input", answer);
  by("explorer").addEventListener("submit", (event) => event.preventDefault());
  answer();

  // Figures: the values at their points, by pointer, touch or arrow keys.
  for (const picture of document.querySelectorAll(".picture")) {
    const image = picture.querySelector("img");
    const told = picture.querySelector(".reading");
    const readings = JSON.parse(picture.parentElement.querySelector(".readings").textContent);
    const dot = element("span", "", { class: "dot", hidden: "" });
    picture.append(dot);
    let at = -1;
    const hide = () => {
      told.hidden = dot.hidden = true;
      dot.style.display = "none";
    };
    const show = (index) => {
      at = index;
      const reading = readings[index];
      const x = image.offsetLeft + reading.across * image.offsetWidth;
      const y = image.offsetTop + reading.down * image.offsetHeight;
      told.textContent = reading.text;
      told.hidden = dot.hidden = false;
      dot.style.display = "";
      dot.style.left = `${x}px`;
      dot.style.top = `${y}px`;
      told.style.left = `${Math.max(0, Math.min(x + 12, picture.clientWidth - told.offsetWidth))}px`;
      told.style.top = `${y + 12 + told.offsetHeight > picture.clientHeight ? y - 12 - told.offsetHeight : y + 12}px`;
    };
    const nearest = (event) => {
      const box = image.getBoundingClientRect();
      let [best, least] = [-1, 30 * 30];
      readings.forEach((reading, index) => {
        const dx = box.left + reading.across * box.width - event.clientX;
        const dy = box.top + reading.down * box.height - event.clientY;
        if (dx * dx + dy * dy < least) [best, least] = [index, dx * dx + dy * dy];
      });
      if (best < 0) hide();
      else show(best);
    };
    hide();
    picture.addEventListener("pointermove", nearest);
    picture.addEventListener("pointerdown", nearest);
    picture.addEventListener("pointerleave", hide);
    picture.addEventListener("blur", hide);
    picture.addEventListener("keydown", (event) => {
      const last = readings.length - 1;
      const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
      if (event.key === "Escape") hide();
      else if (next !== undefined && last >= 0) {
        event.preventDefault();
        show(Math.max(0, Math.min(last, next)));
      }
    });
  }
})();
