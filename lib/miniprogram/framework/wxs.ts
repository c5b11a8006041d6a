// WXS, where it differs from JavaScript.
import type { Class, Realm } from "../realm/realm.ts";

/** The member that stands for `constructor`: in WXS, that is the name of the type. */
const TYPE = "__wxsType__";

/** The types of WXS. */
const TYPES = "Object Array Function String Number Boolean Date RegExp".split(" ");

/**
 * Gives the values of a realm the names of their types in WXS.
 *
 * https://developers.weixin.qq.com/miniprogram/dev/reference/wxs/06datatype.html
 */
export function defineTypes({ classes }: Realm): void {
  for (const name of TYPES) {
    const { prototype } = classes[name] as Class & { prototype: object };
    Object.defineProperty(prototype, TYPE, { value: name });
  }
}

/**
 * The JavaScript of a WXS script. Its strings for `getRegExp` keep their backslashes: component
 * libraries write `getRegExp('\d+')`.
 */
export function toJavaScript(wxs: string): string {
  return wxs
    .replace(/\.\s*constructor\b/g, `.${TYPE}`)
    .replace(/\bgetRegExp\(\s*(["'])(?:\\.|(?!\1).)*\1/g, withBackslashes);
}

/** Doubles the backslashes that a string of JavaScript would drop. */
function withBackslashes(text: string): string {
  return text.replace(/\\(.)/g, (pair, character) =>
    /[\\'"nrtbfv0-9xu]/.test(character) ? pair : `\\${pair}`,
  );
}
