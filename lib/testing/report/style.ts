// The style sheet of the report's page, dark or light as the reader's system is.

export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d8dee4, #30363d); --back: light-dark(#fff, #0d1117);
  --soft: light-dark(#f6f8fa, #161b22); --text: light-dark(#1f2328, #e6edf3); --quiet: light-dark(#59636e, #9198a1);
  --accent: light-dark(#0969da, #4493f8); --bad: light-dark(#cf222e, #ff7b72); --warn: light-dark(#9a6700, #d29922); }
* { box-sizing: border-box; }
body { margin: 0; height: 100vh; display: grid; grid-template: auto 1fr / minmax(16rem, 24rem) 1fr;
  font: 14px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
header { grid-column: 1 / -1; padding: 12px 16px; border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 18px; }
header p { margin: 0; color: var(--quiet); }
#environment { margin-top: 8px; padding: 8px 12px; border: 1px solid var(--warn); border-radius: 6px; max-height: 30vh; overflow: auto; }
#environment summary { cursor: pointer; }
#environment ul { margin: 4px 0 0; padding-left: 20px; font-family: ui-monospace, monospace; font-size: 12px; }
nav { border-right: 1px solid var(--line); display: flex; flex-direction: column; min-height: 0; }
.tools { padding: 8px; border-bottom: 1px solid var(--line); }
#search { width: 100%; padding: 4px 8px; font: inherit; color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; }
#filters { display: flex; flex-wrap: wrap; gap: 4px; margin-top: 8px; }
button { font: inherit; color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: 2px 10px; cursor: pointer; }
button[aria-pressed="true"] { background: var(--accent); border-color: var(--accent); color: #fff; }
button:focus-visible, input:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
#list { list-style: none; margin: 0; padding: 0; overflow: auto; flex: 1; }
#list button { display: block; width: 100%; text-align: left; border: 0; border-bottom: 1px solid var(--line); border-radius: 0; background: none; padding: 6px 12px; }
#list button[aria-current="true"] { background: light-dark(#ddf4ff, #1f3a5f); }
#list b { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
#list small { display: flex; gap: 8px; color: var(--quiet); }
#list small span:first-child { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; direction: rtl; text-align: left; }
.status { color: var(--bad); }
main { overflow: auto; padding: 12px 16px; display: flex; flex-direction: column; min-width: 0; }
#views { display: flex; gap: 4px; flex-wrap: wrap; }
#picture { flex: 1; }
#picture h2 { margin: 12px 0 0; font-size: 16px; overflow-wrap: anywhere; }
#picture > p { margin: 4px 0 12px; color: var(--quiet); overflow-wrap: anywhere; }
#picture pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 8px 12px; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; font-size: 12px; }
.images { display: flex; gap: 16px; align-items: flex-start; flex-wrap: wrap; }
.images.natural { flex-wrap: nowrap; }
figure { margin: 0; flex: 1 1 0; min-width: 120px; max-width: 100%; }
.natural figure { flex: none; max-width: none; }
figcaption { color: var(--quiet); margin-bottom: 4px; }
.checks, .stack { background: repeating-conic-gradient(light-dark(#eee, #2a2f36) 0 25%, light-dark(#fff, #1c2128) 0 50%) 0 0 / 16px 16px; border: 1px solid var(--line); }
canvas { display: block; height: auto; width: var(--width); }
.fit canvas { width: min(var(--width), 100%, 70vh * var(--ratio)); }
.natural canvas { image-rendering: pixelated; }
.stack { position: relative; width: fit-content; max-width: 100%; }
.fit .stack canvas { width: min(var(--width), 60vw, 70vh * var(--ratio)); }
.stack canvas + canvas { position: absolute; inset: 0; width: 100% !important; height: 100%; }
.stack::after { content: ""; position: absolute; inset: 0 auto 0 var(--at, 50%); border-left: 2px solid var(--accent); pointer-events: none; }
input[type="range"] { display: block; width: 100%; margin: 8px 0; }
#keys { color: var(--quiet); margin: 12px 0 0; }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 4px; background: var(--soft); }
@media (max-width: 700px) { body { grid-template: auto 40vh 1fr / 1fr; height: auto; } nav { border-right: 0; border-bottom: 1px solid var(--line); } }
`;
