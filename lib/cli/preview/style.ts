// The style sheet of the preview's page, light and dark.
export const STYLE: string = `
:root { color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif; }
body { margin: 0; display: grid; grid-template: auto 1fr / 15rem 1fr; height: 100vh; }
header { grid-column: 1 / 3; display: flex; flex-wrap: wrap; gap: 1rem; align-items: center;
  padding: .5rem 1rem; border-bottom: 1px solid #8884; }
header b { margin-right: auto; }
#lost { display: none; color: #b60; } [data-lost] #lost { display: inline; }
nav { padding: 1rem; border-right: 1px solid #8884; overflow: auto; }
nav button { display: block; width: 100%; text-align: left; border: 0; background: none;
  padding: .3rem .5rem; font: inherit; border-radius: 4px; cursor: pointer; }
nav button[aria-current=true] { background: #36c; color: #fff; }
nav form { margin-top: 1rem; } nav label { display: block; margin: .4rem 0; font-size: 12px; }
nav input, nav textarea, nav select { width: 100%; box-sizing: border-box; font: inherit; }
main { overflow: auto; padding: 1rem; display: flex; flex-wrap: wrap; gap: 1.5rem;
  align-items: flex-start; align-content: flex-start; }
article { max-width: 100%; }
h2 { font-size: 14px; margin: 0 0 .4rem; }
.stage { position: relative; width: max-content; max-width: 100%; overflow: auto;
  outline: 1px solid #8884; min-width: 12rem; min-height: 6rem; }
.stage img { display: block; }
.checker .stage { background: repeating-conic-gradient(#8883 0 25%, #fff3 0 50%) 0 0 / 16px 16px; }
.pixels img { image-rendering: pixelated; }
.grid .stage::after { content: ""; position: absolute; inset: 0; pointer-events: none;
  background: repeating-linear-gradient(#f0f5 0 1px, #0000 0 calc(10px * var(--zoom, 1))),
    repeating-linear-gradient(90deg, #f0f5 0 1px, #0000 0 calc(10px * var(--zoom, 1))); }
.design { position: absolute; inset: 0; overflow: hidden; border-right: 2px solid #f0f; }
.meta { font-size: 12px; opacity: .75; margin: .3rem 0; max-width: 30rem; }
.warning { color: #b60; font-size: 12px; max-width: 30rem; }
.problem { position: absolute; inset: 0; overflow: auto; background: #400e; color: #fdd;
  padding: .8rem; font-size: 12px; }
.problem pre { white-space: pre-wrap; margin: .5rem 0; font: 11px/1.4 ui-monospace, monospace; }
.problem a { color: #9cf; }
.call { font: 12px ui-monospace, monospace; min-height: 1.4em; max-width: 30rem; }
.calls { position: relative; max-height: 16rem; overflow: auto; font: 11px/1.5 ui-monospace, monospace; padding-left: 3em; max-width: 28rem; }
.calls li.now { background: #36c5; }
.calls li { cursor: pointer; } .calls small { opacity: .6; }
canvas.owner { position: absolute; inset: 0; pointer-events: none; }
`;
