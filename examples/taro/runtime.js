(() => {
  var modules = {};
  var cache = {};
  function load(id) {
    if (cache[id]) return cache[id].exports;
    var module = (cache[id] = { exports: {} });
    modules[id](module, module.exports, load);
    return module.exports;
  }
  var loaded = (wx["webpackJsonp"] = wx["webpackJsonp"] || []);
  loaded.push = (chunk) => {
    Object.assign(modules, chunk[1]);
    if (chunk[2]) chunk[2](load);
  };
})();
