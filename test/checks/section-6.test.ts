import { section } from '../../src/steps/6-integration/section.ts';
import type { CheckFixture } from './fixture.ts';
import { testSection } from './harness.ts';

testSection(section, import.meta.glob<CheckFixture>('./6/*.fixture.ts', { eager: true, import: 'default' }));
