// The HTML of the preview's page. Each response replaces NONCE, and ROOT: the folder to which shown
// paths are relative.
import { CLIENT } from "./client.ts";
import { STYLE } from "./style.ts";

export const PAGE: string = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="root" content="ROOT">
<link rel="icon" href="data:,">
<title>wx-canvas-node preview</title>
<style nonce="NONCE">${STYLE}</style>
<header>
  <b>wx-canvas-node preview</b>
  <span id="lost">the preview does not answer: is its command still running?</span>
  <label>ratio <select id="ratio"><option>1<option selected>2<option>3</select></label>
  <label>type <select id="type"><option value="">own<option value="png">PNG<option value="jpg">JPEG</select></label>
  <label>zoom <select id="zoom"><option value="fit">fit<option>1<option>2<option>4<option>8</select></label>
  <label><input type="checkbox" id="grid"> grid</label>
  <label><input type="checkbox" id="checker"> transparency</label>
</header>
<nav><div id="posters"></div><form id="form"></form></nav>
<main></main>
<script nonce="NONCE">${CLIENT}</script>
</html>
`;
