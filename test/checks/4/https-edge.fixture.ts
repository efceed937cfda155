import type { CheckFixture } from '../fixture.ts';

const certificate = {
  subject: 'shop.example',
  issuer: 'R11',
  // 22 days after the fixtures' now.
  validTo: '2026-12-16T13:00:00.000Z',
  trust: 'public',
  problem: null,
  hostMatches: true,
};
const edge = (origin: string, https: object | null, http: string) => ({
  origin,
  source: 'declared.urls',
  https: https && { status: 200, certificate, hsts: 31_536_000, ...https },
  reason: https ? null : 'ECONNREFUSED',
  http,
});
const SHOP = edge('https://shop.example', {}, 'redirects');
/** Nothing at all on port 80 is right. */
const ADMIN = edge('https://admin.shop.example', { status: 401 }, 'closed');

/** Real servers are asked in test/facts/network.test.ts. */
export default {
  check: 'https-edge',
  silent: '',
  defect: '',
  expect: [
    { object: 'setting https://app.shop.example', severity: 'medium' },
    { object: 'setting https://app.shop.example', severity: 'medium' },
    { object: 'setting https://app.shop.example', severity: 'medium' },
    { object: 'setting https://old.shop.example', severity: 'high' },
  ],
  repair: '',
  overlay: {
    silent: { httpsEdge: [SHOP, ADMIN] },
    defect: {
      httpsEdge: [
        SHOP,
        edge(
          'https://app.shop.example',
          { hsts: 0, certificate: { ...certificate, validTo: '2026-12-14T13:00:00.000Z' } },
          'serves',
        ),
        edge(
          'https://old.shop.example',
          { certificate: { ...certificate, trust: 'private', validTo: '2026-11-01T00:00:00.000Z' } },
          'not tried',
        ),
        edge('https://gone.shop.example', null, 'closed'),
      ],
    },
    fixed: { httpsEdge: [SHOP, ADMIN] },
  },
} satisfies CheckFixture;
