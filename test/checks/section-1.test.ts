import { section } from '../../src/steps/1-inventory/section.ts';
import type { CheckFixture } from './fixture.ts';
import { testSection } from './harness.ts';

testSection(section, import.meta.glob<CheckFixture>('./1/*.fixture.ts', { eager: true, import: 'default' }));
