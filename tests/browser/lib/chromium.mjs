// Starts the system's Chromium: no browser is downloaded. Its headless shell does the same with half the work, where it is installed.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

/** Finds Chromium: HEMVIST_CHROMIUM, then Debian's places, then the names it has in PATH. */
export function find(env = process.env) {
  const named = env.HEMVIST_CHROMIUM ? [env.HEMVIST_CHROMIUM] : [
    '/usr/bin/chromium-headless-shell', '/usr/bin/chromium',
    ...(env.PATH ?? '').split(path.delimiter).flatMap((dir) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => path.join(dir, name))),
  ];
  for (const file of named) {
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // The next one, then.
    }
  }
  throw new Error('Chromium is not found. Install it (Debian: apt-get install chromium) or name it in HEMVIST_CHROMIUM.');
}

/** Launches Chromium headless, without anything that would reach for the network. */
export function launch() {
  const args = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];
  // Chromium's sandbox refuses root.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return chromium.launch({ executablePath: find(), headless: true, args });
}
