import { section } from '../../src/steps/7-sign-off/section.ts';
import type { CheckFixture } from './fixture.ts';
import { testSection } from './harness.ts';

testSection(section, import.meta.glob<CheckFixture>('./7/*.fixture.ts', { eager: true, import: 'default' }));
