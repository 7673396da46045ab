// The packages, which install.sh puts under target/: out of the way of whoever reads the tree.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../../target/tools/browser/package.json', import.meta.url));

export const { chromium } = require('playwright-core');

/** The source of axe-core, to be run in a page. */
export const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
