import { section } from '../../src/steps/5-operations/section.ts';
import type { CheckFixture } from './fixture.ts';
import { testSection } from './harness.ts';

testSection(section, import.meta.glob<CheckFixture>('./5/*.fixture.ts', { eager: true, import: 'default' }));
