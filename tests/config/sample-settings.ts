// A newsletter.yaml that is in order, and the defaults that Postrider ships, for tests to change or to lie beside.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../config/package-root.ts';

export const NEWSLETTER = `name: Kernel News
from: Kernel News <news@kernel.example>
issues:
  url: https://kernel.example/{id}/
lists:
  monthly:
    title: Kernel News, monthly
`;

export const DEFAULTS = readFileSync(join(packageRoot(), 'config/defaults.yaml'), 'utf8');
