/** What is skipped without a credential, and how to give it. */
export const WITHOUT: Readonly<Record<string, string>> = {
  managementToken:
    'settings of the hosted project are not compared: set SUPABASE_ACCESS_TOKEN, and link the project or give its ref',
  'api.url':
    'the API is not asked what it hands out: give api.url in supaready.config.json, or --api-url beside --db-url',
  publishableKey:
    'the API is not asked what it hands to strangers: give api.publishableKey in supaready.config.json, or SUPAREADY_PUBLISHABLE_KEY beside --db-url',
  secretKey:
    'a probe that makes users of its own cannot remove them: give api.secretKey in supaready.config.json, or SUPAREADY_SECRET_KEY beside --db-url',
  testUsers:
    'the API is not asked what users reach of each other, nor are their tokens looked at: give two users made for tests as api.testUsers in supaready.config.json',
};
