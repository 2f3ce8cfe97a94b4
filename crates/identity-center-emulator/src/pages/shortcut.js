"use strict";
(() => {
    const [page, query] = location.hash.slice(1).split("?");
    if (page !== "/console" || query === undefined) {
        return;
    }
    const section = document.getElementById("shortcut");
    const heading = document.createElement("h1");
    heading.textContent = "Open the console";
    section.append(heading);
    for (const [name, value] of new URLSearchParams(query.replaceAll("+", "%2B"))) {
        const line = document.createElement("p");
        line.id = name;
        line.textContent = value;
        section.append(line);
    }
    section.hidden = false;
})();
