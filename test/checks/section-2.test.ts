import { section } from '../../src/steps/2-schema/section.ts';
import type { CheckFixture } from './fixture.ts';
import { testSection } from './harness.ts';

testSection(section, import.meta.glob<CheckFixture>('./2/*.fixture.ts', { eager: true, import: 'default' }));
