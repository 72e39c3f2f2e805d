// Looks at every page of a running Hemvist in a real browser.
//
//   node run.mjs PAGES.json [--only=TEXT] [--no-flows]
//
// PAGES.json: {"base": "http://localhost:8080",
//   "roles": [{"role": "leader", "signIn": "/demo/leader"}, {"role": "colleague", "code": "…"}],
//   "pages": [{"pattern": "GET /rounds", "path": "/rounds", "roles": ["leader"], "public": false, "status": 200,
//              "html": true, "maxBytes": 150000}],
//   "languages": ["sv", "en"], "keys": ["round.title"]}
//
// Each page × role × language × 1280/390 pixels × light/dark must: answer with its status, be in its
// language, hold no translation key, be valid HTML, satisfy axe-core, be no wider than its window (also at
// 320 pixels), ask nothing of another host, and leave the console empty. Of pages that differ in their words
// alone the first is asked about HTML and axe-core, at 1280 pixels in both schemes, at 390 in one of them; and
// a role's page that another role has seen is visited in one language. HEMVIST_SHOTS=DIR saves pictures,
// HEMVIST_CHROMIUM names the browser, HEMVIST_WORKERS the number of pages at a time.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './lib/chromium.mjs';
import * as flows from './lib/flows.mjs';
import { read, visits } from './lib/plan.mjs';
import { Worker, signIn } from './lib/sweep.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * Visits everything. Returns { passed, failures }, where a failure is one variant of a page, or a flow,
 * with all its problems.
 */
export async function sweep(list, { only = '', flowDir = '', shots = '', workers = 2, say = () => {} } = {}) {
  const planned = visits(list, only);
  if (!planned.length && !flowDir) throw new Error('no page is to be visited');
  const browser = await launch();
  try {
    const states = new Map();
    for (const role of list.roles) {
      states.set(role.role, await signIn(browser, list, role));
      say(`signed in as ${role.role}`);
    }
    const tally = { passed: 0, failures: [] };
    await visitAll(browser, list, states, planned, { shots, workers, say }, tally);
    if (flowDir) await flowAll(browser, list, states, await flows.load(flowDir, only), say, tally);
    return tally;
  } finally {
    await browser.close();
  }
}

async function visitAll(browser, list, states, planned, { shots, workers, say }, tally) {
  const queue = [...planned];
  const seen = new Set();
  let done = 0;
  let skipped = 0;
  const work = async () => {
    const worker = new Worker(browser, list, states, shots, seen);
    for (let visit = queue.shift(); visit; visit = queue.shift()) {
      if (!shots && worker.known(visit)) {
        done++;
        skipped++;
        continue;
      }
      const start = performance.now();
      const results = await worker.run(visit);
      const bad = results.filter((r) => r.problems.length);
      tally.passed += results.length - bad.length;
      tally.failures.push(...bad.map((r) => ({ where: `${visit.pattern} as ${visit.role}, ${r.width} ${r.scheme}, ${visit.language}`, problems: r.problems })));
      done++;
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      say(`${bad.length ? 'FAIL' : 'ok  '} ${String(done).padStart(String(planned.length).length)}/${planned.length}  ${visit.pattern}  ${visit.role}  ${visit.language}  ${seconds} s`);
    }
    await worker.close();
  };
  await Promise.all(Array.from({ length: Math.min(workers, planned.length) }, work));
  if (skipped) say(`${skipped} visits would have shown other words alone, and were left out`);
}

async function flowAll(browser, list, states, found, say, tally) {
  for (const flow of found) {
    const start = performance.now();
    const problems = await flows.run(flow, browser, list, states, say);
    say(`${problems.length ? 'FAIL' : 'ok  '} flow: ${flow.name}  ${((performance.now() - start) / 1000).toFixed(1)} s`);
    if (problems.length) tally.failures.push({ where: `flow ${flow.name}`, problems });
    else tally.passed++;
  }
}

/** Writes the failures, each problem once with the variants that have it. */
export function report({ passed, failures }, say = console.log) {
  const grouped = new Map();
  for (const { where, problems } of failures) {
    for (const { rule, text, element } of problems) {
      const key = `${rule}: ${text}${element ? `\n      at ${element}` : ''}`;
      grouped.set(key, (grouped.get(key) ?? new Set()).add(where));
    }
  }
  for (const [problem, places] of grouped) {
    say(`\n  ${problem}`);
    for (const place of places) say(`      ${place}`);
  }
  say(`\n${passed} passed, ${failures.length} failed`);
}

async function main(argv) {
  const [file] = argv.filter((a) => !a.startsWith('--'));
  if (!file) {
    console.error('usage: node run.mjs PAGES.json [--only=TEXT] [--no-flows]');
    return 2;
  }
  const start = performance.now();
  const result = await sweep(read(readFileSync(file, 'utf8')), {
    only: argv.find((a) => a.startsWith('--only='))?.slice('--only='.length),
    flowDir: argv.includes('--no-flows') ? '' : path.join(here, 'flows'),
    shots: process.env.HEMVIST_SHOTS,
    workers: Number(process.env.HEMVIST_WORKERS) || Math.max(2, availableParallelism()),
    say: console.log,
  });
  report(result);
  const variants = result.passed + result.failures.length;
  const seconds = (performance.now() - start) / 1000;
  console.log(`${variants} variants in ${seconds.toFixed(0)} s, ${(seconds / variants).toFixed(2)} s each`);
  return result.failures.length ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (err) {
    console.error(`run: ${err.message}`);
    process.exitCode = 1;
  }
}
