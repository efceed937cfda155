import { section } from '../../src/steps/4-security/section.ts';
import type { CheckFixture } from './fixture.ts';
import { testSection } from './harness.ts';

testSection(section, import.meta.glob<CheckFixture>('./4/*.fixture.ts', { eager: true, import: 'default' }));
