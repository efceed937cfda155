import { defineConfig } from '@playwright/test';

export default defineConfig({ testDir: 'e2e', use: { baseURL: process.env.BASE_URL }, reporter: [['json', { outputFile: 'test-results/e2e.json' }]] });
