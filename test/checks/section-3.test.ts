import { section } from '../../src/steps/3-data/section.ts';
import type { CheckFixture } from './fixture.ts';
import { testSection } from './harness.ts';

testSection(section, import.meta.glob<CheckFixture>('./3/*.fixture.ts', { eager: true, import: 'default' }));
