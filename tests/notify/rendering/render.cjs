// Renders the cards on stdin (a JSON list) as Teams' web client would, strictly, and tells what came of each.
// Modules are those of the folder it is run in.
"use strict";
const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");
const here = createRequire(`${process.cwd()}/`);

const { JSDOM } = here("jsdom");
const { window } = new JSDOM("<!doctype html><body></body>");
const { document, HTMLElement, HTMLButtonElement, HTMLInputElement, Node } = window;
Object.assign(globalThis, { window, document, HTMLElement, HTMLButtonElement, HTMLInputElement, Node });
Object.defineProperty(HTMLElement.prototype, "innerText", { // which jsdom does not have
  get() { return this.textContent; },
  set(text) { this.textContent = text; },
});
const cards = here("adaptivecards/dist/adaptivecards.js");

// The strictest reader: HTML counts, and whatever looks like an address becomes a link.
const markdown = here("markdown-it")({ html: true, linkify: true });
cards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown.render(text);
  result.didProcess = true;
};

function told(content) {
  const card = new cards.AdaptiveCard();
  const context = new cards.SerializationContext(cards.Versions.v1_4);
  card.parse(content, context);
  const events = [];
  for (let at = 0; at < context.eventCount; at++) events.push(context.getEventAt(at).message);
  for (const event of card.validateProperties().validationEvents) events.push(event.message);
  const shown = card.render();
  const all = [...shown.querySelectorAll("*")];
  return {
    events,
    links: [...shown.querySelectorAll("a")].map((link) => link.getAttribute("href")),
    tags: [...new Set(all.map((element) => element.tagName.toLowerCase()))].sort(),
    texts: [...shown.querySelectorAll(".ac-textBlock")].map((block) => block.textContent.trim()),
    buttons: [...shown.querySelectorAll("button")].map((button) => button.textContent.trim()),
  };
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(told)));
