// JavaScript's built-ins by name, which compiled files get as parameters.

/** Classes of both lists. */
const CLASSES = [
  "Object",
  "Function",
  "Array",
  "Date",
  "RegExp",
  "Map",
  "Set",
  "Error",
  "TypeError",
  "RangeError",
  "SyntaxError",
  "ArrayBuffer",
  "Uint8Array",
  "Uint8ClampedArray",
  "Uint16Array",
  "Uint32Array",
  "Int8Array",
  "Int16Array",
  "Int32Array",
  "Float32Array",
  "Float64Array",
] as const;

/** The built-in classes whose values the library and a realm exchange. */
export const EXCHANGED: readonly ["Promise", ...typeof CLASSES] = ["Promise", ...CLASSES];

/**
 * Reading a global name in a context of node:vm takes about 1 µs, since an interceptor of Node
 * answers; reading a parameter takes 1 ns. `Promise` is not among them: polyfills replace it.
 */
export const BUILT_INS: readonly string[] = [
  ...CLASSES,
  "Number",
  "String",
  "Boolean",
  "Symbol",
  "BigInt",
  "Math",
  "JSON",
  "Reflect",
  "Proxy",
  "WeakMap",
  "WeakSet",
  "DataView",
  "parseInt",
  "parseFloat",
  "isNaN",
  "isFinite",
  "NaN",
  "Infinity",
];
