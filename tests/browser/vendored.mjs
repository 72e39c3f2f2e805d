// Compares what we serve of others' work, byte by byte, with the npm packages it comes from, and the
// theme with what the design system's own tool builds from our configuration.
//   node vendored.mjs            checks, and fails where something differs
//   node vendored.mjs --write    copies the files anew from the packages and writes vendored.json
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../../internal/web/static');
const config = path.join(here, '../../internal/web/theme/designsystemet.config.json');
const modules = path.join(here, 'node_modules');
const record = path.join(root, 'vendored.json');
// Only these folders hold what is not ours; everything in them must be on the list.
const folders = ['third_party', 'fonts', 'licences'];
const theme = 'third_party/theme.css';

const sans = ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext'];
const wanted = [
  ['third_party/designsystemet.css', '@digdir/designsystemet-css', 'dist/src/index.css'],
  ['third_party/designsystemet.js', '@digdir/designsystemet-web', 'dist/umd/index.js'],
  ['third_party/htmx.min.js', 'htmx.org', 'dist/htmx.min.js'],
  ...sans.map((s) => font('@fontsource-variable/source-sans-3', `source-sans-3-${s}-wght-normal.woff2`)),
  ...sans.map((s) => font('@fontsource/source-serif-4', `source-serif-4-${s}-600-normal.woff2`)),
  font('@fontsource-variable/vazirmatn', 'vazirmatn-arabic-wght-normal.woff2'),
  font('@fontsource-variable/noto-sans-ethiopic', 'noto-sans-ethiopic-ethiopic-wght-normal.woff2'),
  ['licences/designsystemet.txt', '@digdir/designsystemet-css', 'LICENSE'],
  ['licences/htmx.txt', 'htmx.org', 'LICENSE'],
  ['licences/source-sans-3.txt', '@fontsource-variable/source-sans-3', 'LICENSE'],
  ['licences/source-serif-4.txt', '@fontsource/source-serif-4', 'LICENSE'],
  ['licences/vazirmatn.txt', '@fontsource-variable/vazirmatn', 'LICENSE'],
  ['licences/noto-sans-ethiopic.txt', '@fontsource-variable/noto-sans-ethiopic', 'LICENSE'],
];

function font(name, file) { return [`fonts/${file}`, name, `files/${file}`]; }
const sum = (bytes) => createHash('sha256').update(bytes).digest('hex');
const manifest = (name) => JSON.parse(readFileSync(path.join(modules, name, 'package.json'), 'utf8'));

function buildTheme() {
  const dir = mkdtempSync(path.join(tmpdir(), 'hemvist-theme-'));
  try {
    copyFileSync(config, path.join(dir, 'designsystemet.config.json'));
    const tool = path.join(modules, '@digdir/designsystemet', manifest('@digdir/designsystemet').bin);
    const run = (...args) => execFileSync(process.execPath, [tool, 'tokens', ...args], { cwd: dir, stdio: ['ignore', 'ignore', 'inherit'] });
    run('create', '--config', 'designsystemet.config.json');
    run('build', '--config', 'designsystemet.config.json', '-t', 'tokens', '-o', 'built');
    return readFileSync(path.join(dir, 'built/hemvist.css'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function entry(file, name, source, bytes) {
  const { version, license } = manifest(name);
  return { file, package: name, version, licence: license, source, sha256: sum(bytes) };
}

function expected() {
  const out = wanted.map(([file, name, source]) => {
    const bytes = readFileSync(path.join(modules, name, source));
    return { ...entry(file, name, source, bytes), bytes };
  });
  const built = buildTheme();
  out.push({ ...entry(theme, '@digdir/designsystemet', 'built from internal/web/theme/designsystemet.config.json', built), bytes: built });
  return out;
}

function write(list) {
  for (const { file, bytes } of list) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), bytes);
  }
  const lines = list.map(({ bytes, ...rest }) => `  ${JSON.stringify(rest)}`);
  writeFileSync(record, `[\n${lines.join(',\n')}\n]\n`);
  console.log(`vendored: ${list.length} files written`);
}

function check(list) {
  const wrong = [];
  const recorded = new Map(JSON.parse(readFileSync(record, 'utf8')).map((e) => [e.file, e]));
  for (const { bytes, ...want } of list) {
    const have = read(path.join(root, want.file));
    if (!have) wrong.push(`${want.file} is missing`);
    else if (!have.equals(bytes)) wrong.push(`${want.file} differs from ${want.source} of ${want.package} ${want.version}`);
    const noted = recorded.get(want.file);
    for (const key of Object.keys(want)) {
      if (noted?.[key] !== want[key]) wrong.push(`vendored.json says ${noted?.[key]} for ${key} of ${want.file}, the package says ${want[key]}`);
    }
    recorded.delete(want.file);
  }
  for (const file of recorded.keys()) wrong.push(`vendored.json lists ${file}, which is not ours to serve`);
  const known = new Set(list.map((e) => e.file));
  for (const folder of folders) {
    for (const name of readdirSync(path.join(root, folder))) {
      if (!known.has(`${folder}/${name}`)) wrong.push(`${folder}/${name} is in no package that we name`);
    }
  }
  return wrong;
}

function read(file) {
  try {
    return readFileSync(file);
  } catch (err) {
    if (err.code === 'ENOENT') return undefined;
    throw err;
  }
}

const list = expected();
if (process.argv.includes('--write')) {
  write(list);
} else {
  const wrong = check(list);
  for (const line of wrong) console.error(`vendored: ${line}`);
  console.log(wrong.length ? `vendored: ${wrong.length} differences` : `vendored: ${list.length} files are byte for byte those of their packages`);
  process.exitCode = wrong.length ? 1 : 0;
}
