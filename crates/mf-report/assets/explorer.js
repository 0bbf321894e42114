"use strict";
// The explorer of number formats: named formats, block formats, and levels that a reader types.
(() => {
  const by = (id) => document.getElementById(id);
  const digits = (x, n) => String(Number(x.toPrecision(n)));
  const layers = (x) => (x < 10 ? x.toFixed(2) : x < 100 ? x.toFixed(1) : Math.round(x).toLocaleString("en"));
  const [select, depth, fanIn] = ["page-format", "page-depth", "page-fan-in"].map(by);
  const { formats, blocks } = JSON.parse(by("page-data").textContent);
  const all = [...formats, ...blocks];
  const TYPED = "";

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  const group = (label, options) => {
    const made = element("optgroup", "", { label });
    made.append(...options.map(([text, value]) => new Option(text, value)));
    if (options.length) select.append(made);
  };
  const labelled = (format) => [`${format.name} (${digits(format.bits, 4)} bit${format.bits === 1 ? "" : "s"})`, format.name];
  group("Your own", [["levels that you type", TYPED]]);
  group("One scale for a tensor", formats.map(labelled));
  group("A scale for each block", blocks.map(labelled));
  select.value = formats.some((format) => format.name === "int4") ? "int4" : select.options[1].value;

  // Typed numbers. An error says what is wrong and what is allowed.
  const MOST_LEVELS = 1024;
  const numbers = (text, what) => {
    const words = text.split(/[\s,]+/).filter(Boolean);
    const wrong = words.find((word) => !Number.isFinite(Number(word)));
    if (wrong !== undefined) throw new RangeError(`“${wrong}” in the ${what} is not a finite number. Write numbers such as -1.5 or 2e-3, with spaces or commas between them.`);
    const found = words.map(Number);
    const place = found.findIndex((x, i) => i > 0 && !(x > found[i - 1]));
    if (place > 0) throw new RangeError(`The ${what} must increase: ${found[place]} comes after ${found[place - 1]}.`);
    return found;
  };
  const typed = () => {
    const levels = numbers(by("page-levels").value, "levels");
    if (levels.length < 2 || levels.length > MOST_LEVELS) throw new RangeError(`There are ${levels.length} levels. Give 2 to ${MOST_LEVELS}.`);
    const given = numbers(by("page-thresholds").value, "thresholds");
    if (given.length && given.length !== levels.length - 1) {
      throw new RangeError(`There are ${given.length} thresholds for ${levels.length} levels. Give ${levels.length - 1}, or none: then they are half way between the levels.`);
    }
    return { levels, thresholds: given.length ? given : theory.halfway(levels) };
  };
  const quantizer = (format) => ({ levels: format.levels, thresholds: format.thresholds || theory.halfway(format.levels) });

  // xi at factors on the best scale, as shares of the best; kept, as it takes a while for large formats.
  const OCTAVES = 2;
  const FACTORS = 33;
  const kept = new Map();
  const off = (key, of, best) => {
    if (!kept.has(key)) {
      const scale = best.reach / theory.largest(of.levels);
      kept.set(key, Array.from({ length: FACTORS }, (_, i) => {
        const factor = 2 ** (OCTAVES * ((2 * i) / (FACTORS - 1) - 1));
        const found = theory.propagation(of, factor * scale);
        return [factor, found ? found.depth_scale / best.depth_scale : 0];
      }));
    }
    return kept.get(key);
  };

  const chart = (points) => {
    const make = (name, attributes, text) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      if (text) made.textContent = text;
      return made;
    };
    const [width, height, left, right, bottom, top] = [480, 200, 50, 14, 38, 24];
    const x = (factor) => left + ((Math.log2(factor) + OCTAVES) / (2 * OCTAVES)) * (width - left - right);
    const y = (share) => height - bottom - share * (height - bottom - top);
    const made = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "The depth scale at other scales than the best one" });
    made.append(make("text", { x: left, y: 13 }, "depth scale, in % of the best"));
    for (const share of [0, 0.5, 1]) {
      made.append(make("line", { x1: left, x2: width - right, y1: y(share), y2: y(share), stroke: "currentColor", "stroke-opacity": 0.25 }));
      made.append(make("text", { x: left - 6, y: y(share) + 4, "text-anchor": "end" }, `${100 * share} %`));
    }
    for (const factor of [0.25, 0.5, 1, 2, 4]) made.append(make("text", { x: x(factor), y: height - bottom + 16, "text-anchor": "middle" }, String(factor)));
    made.append(make("text", { x: (left + width - right) / 2, y: height - 5, "text-anchor": "middle" }, "scale / best scale"));
    const line = points.map(([factor, share]) => `${x(factor).toFixed(1)},${y(Math.min(1, share)).toFixed(1)}`);
    made.append(make("polyline", { points: line.join(" "), fill: "none", stroke: "currentColor", "stroke-width": 2 }));
    return made;
  };

  const common = (found, count) => {
    const deep = count / found.depth_scale;
    const left = 100 * Math.exp(-deep);
    return [
      ["depth scale ξ", `${layers(found.depth_scale)} layers`, "xi"],
      ["4 ξ, 6 ξ, 9 ξ", [4, 6, 9].map((k) => layers(k * found.depth_scale)).join(", ") + " layers"],
      [`${count} layers`, `${digits(deep, 3)} ξ: ${left < 0.01 ? "less than 0.01 %" : `${digits(left, 2)} %`} of a small correlation is left`, "deep"],
    ];
  };
  const gain = (sigma, width, what) => [
    ["weight gain σ_w", `${sigma.toFixed(6)}, ${what}`, "gain"],
    ["weights", `standard deviation σ_w / √${width} = ${digits(sigma / Math.sqrt(width), 7)}`, "std"],
  ];
  const ofTensor = (found, count, width) => [
    ...common(found, count),
    ["1 − χ", digits(found.one_minus_slope, 6), "loss"],
    ["correlation C*", found.correlation < 1e-12 ? "0: pairs of inputs become independent" : `${digits(found.correlation, 4)}: every pair of inputs ends there`, "correlation"],
    ["best scale", `the largest value at ${found.reach.toFixed(4)} standard deviations of the pre-activations`, "reach"],
    ...gain(found.sigma_w, width, "for values divided by the largest"),
    ["gradient slope", `${found.slope.toFixed(6)}, between the outer levels`, "slope"],
  ];
  const ofBlock = (found, count, width) => [
    ...common(found, count),
    ["scale", `follows each block of ${found.block} numbers of ${found.element}: there is none to choose`, "scale"],
    ["pre-activations", `best at a standard deviation of ${found.deviation.toFixed(3)}, or a power of two times it`],
    ["at the worst one", `${layers(found.worst_depth_scale)} layers`],
    ["one best scale for all", `${layers(found.ideal_depth_scale)} layers, for ${found.element} without blocks`],
    ...gain(found.sigma_w, width, "keeps the variance"),
  ];

  // The answer to what the form holds, as nodes of the page.
  const answer = () => {
    const [count, width] = [depth, fanIn].map((input) => Number(input.value));
    if (![count, width].every((x) => Number.isInteger(x) && x >= 1)) throw new RangeError("Layers and fan-in are whole numbers of at least 1.");
    const found = all.find((format) => format.name === select.value);
    const facts = element("dl", "", { class: "facts" });
    const say = (lines) => lines.forEach(([name, text, id]) => facts.append(element("dt", name), element("dd", text, id ? { id: `page-fact-${id}` } : {})));
    const parts = [facts];
    if (found && found.block) {
      say(ofBlock(found, count, width));
    } else {
      const of = found ? quantizer(found) : typed();
      const key = found ? found.name : JSON.stringify(of);
      const best = found || theory.bestScale(of);
      if (!best) throw new RangeError("These levels have no best scale: signals die, or χ keeps growing towards the end of the range of scales. Put thresholds on both sides of 0, or at 0.");
      say(ofTensor(best, count, width));
      parts.push(chart(off(key, of, best)));
    }
    const enough = all.filter((format) => 4 * format.depth_scale >= count).sort((a, b) => a.bits - b.bits);
    const names = enough.map((format) => `${format.name} (${digits(format.bits, 4)})`).join(", ");
    parts.push(element("p", names ? `Formats with ${count} layers within 4 ξ, with their bits: ${names}.` : `No format here has ${count} layers within 4 ξ.`, { id: "page-enough" }));
    return parts;
  };

  // The form as a fragment of the address, and back.
  const STATE = "#explore:";
  const FIELDS = { format: select, layers: depth, "fan-in": fanIn, levels: by("page-levels"), thresholds: by("page-thresholds") };
  const state = () => {
    const shown = Object.entries(FIELDS).filter(([key]) => select.value === TYPED || !["levels", "thresholds"].includes(key));
    return STATE + new URLSearchParams(shown.map(([key, field]) => [key, field.value.trim()]));
  };
  const restore = () => {
    if (!location.hash.startsWith(STATE)) return false;
    for (const [key, value] of new URLSearchParams(location.hash.slice(STATE.length))) {
      if (key in FIELDS) FIELDS[key].value = value;
    }
    if (select.selectedIndex < 0) select.value = TYPED;
    return true;
  };

  const show = () => {
    const place = by("page-answer");
    const found = formats.find((format) => format.name === select.value);
    by("page-typed").hidden = select.value !== TYPED;
    by("page-edit").hidden = !found;
    by("page-link").href = state();
    try {
      place.replaceChildren(...answer());
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      place.replaceChildren(element("p", error.message, { role: "alert" }));
    }
  };
  // What is typed is computed when the reader pauses.
  const PAUSE = 250;
  let timer = 0;
  by("page-explorer").hidden = false;
  by("page-explorer").addEventListener("input", (event) => {
    clearTimeout(timer);
    if (event.target.tagName === "TEXTAREA") timer = setTimeout(show, PAUSE);
    else show();
  });
  by("page-explorer").addEventListener("submit", (event) => event.preventDefault());
  by("page-edit").addEventListener("click", () => {
    const found = formats.find((format) => format.name === select.value);
    by("page-levels").value = found.levels.join(" ");
    by("page-thresholds").value = (found.thresholds || []).join(" ");
    select.value = TYPED;
    show();
    by("page-levels").focus();
  });
  const arrive = () => {
    if (!restore()) return;
    show();
    by("page-formats").scrollIntoView();
  };
  window.addEventListener("hashchange", arrive);
  show();
  arrive();
})();
