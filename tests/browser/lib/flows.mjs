// Runs the scripts in flows/: what a person does over several pages.
// Each exports `name` and `run({ browser, base, signIn, expect })`; one that makes requests fail on purpose, as by cutting the network, also
// `expected`: what their complaints look like.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { open } from './sweep.mjs';
import { watch } from './watch.mjs';

/** expect(value, message) wants a true value; expect.equal(got, want, message) wants the same. */
export function expect(value, message) {
  if (!value) throw new Error(message);
}
expect.equal = (got, want, message) => {
  if (!isDeepStrictEqual(got, want)) throw new Error(`${message}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
};

/** Loads every flow of a folder, in the order of their file names. */
export async function load(dir, only = '') {
  const files = readdirSync(dir).filter((f) => f.endsWith('.mjs')).sort();
  const flows = [];
  for (const file of files) {
    const flow = await import(pathToFileURL(path.join(dir, file)));
    if (!flow.name || typeof flow.run !== 'function') throw new Error(`flows/${file} must export name and run`);
    if (flow.name.includes(only)) flows.push(flow);
  }
  return flows;
}

/** Runs one flow. Whatever its pages complain of counts as its failure. */
export async function run(flow, browser, list, states) {
  const opened = [];
  const signIn = async (role, { language = list.languages[0], ...rest } = {}) => {
    if (role && !states.has(role)) throw new Error(`no role ${role} can sign in`);
    const context = await open(browser, { base: list.base, language, state: role ? states.get(role) : undefined, ...rest });
    const page = await context.newPage();
    opened.push({ context, take: watch(page, list.base) });
    return { context, page };
  };
  const problems = [];
  try {
    await flow.run({ browser, base: list.base, signIn, expect });
  } catch (err) {
    problems.push({ rule: 'flow', text: err.message, element: '' });
  }
  for (const { context, take } of opened) {
    problems.push(...take().filter((p) => !(p.rule === 'failed request' && flow.expected?.some((e) => e.test(p.text)))));
    await context.close();
  }
  return problems;
}
