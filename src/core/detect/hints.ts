/** What a column's name says that its values are. Only a hint: it widens or narrows what a bare number may be taken for. */
export interface ColumnHint {
  card: boolean;
  ssn: boolean;
  bank: boolean;
  email: boolean;
  phone: boolean;
  /** An identifier made by somebody's system: order, tracking, serial or reference numbers, barcodes, time stamps. */
  identifier: boolean;
}

const CARD =
  /(?:^|_)(?:card|cards|cc|pan|creditcard|debitcard|credit|debit|kreditkarte|tarjeta|ccnum|cardnum\w*)(?:_|$)/;
const NOT_A_CARD =
  /(?:^|_)(?:gift|id|ids|brand|type|last4|last_four|holder|sim|loyalty|member\w*|library|score|limit)(?:_|$)/;
const SSN = /(?:^|_)(?:ssn|itin|social_security\w*|socialsecurity\w*|social_sec\w*|sozialversicherung\w*)(?:_|$)/;
const BANK = /(?:^|_)(?:iban|bank|account_number|bank_account|bankaccount|payout|sepa)(?:_|$)/;
const EMAIL =
  /(?:^|_)(?:e_?mail\w*|mail|login|username|user_name|recipient|sender|contact|cc|bcc|reply_to|from|to)(?:_|$)/;
const PHONE =
  /(?:^|_)(?:phone\w*|mobile\w*|tel|telephone|cell\w*|fax|whatsapp|sms|msisdn|telefon\w*|handy|contact)(?:_|$)/;
const IDENTIFIER =
  /(?:^|_)(?:id|ids|uid|uuid|guid|no|nr|num|number|code|key|ref|reference|order|invoice|tracking|track|shipment|parcel|serial|sku|ean|upc|gtin|isbn|barcode|imei|iccid|imsi|transaction|txn|batch|lot|ticket|case|version|hash|digest|checksum|sha\d*|md5|etag|timestamp|ts|epoch|time|at|nonce|trace|span|request|session|device|external|legacy|seq|sequence|snowflake)(?:_|$)/;

const known = new Map<string, ColumnHint>();

/** The hint of a column (or JSON key) by its name: `cardNumber`, `card_number` and `card-number` say the same. */
export function hintOf(name: string): ColumnHint {
  const before = known.get(name);
  if (before) return before;
  const spoken = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
  const card = CARD.test(spoken) && !NOT_A_CARD.test(spoken);
  const ssn = SSN.test(spoken);
  const bank = BANK.test(spoken);
  const phone = PHONE.test(spoken);
  const hint = {
    card,
    ssn,
    bank,
    email: EMAIL.test(spoken),
    phone,
    identifier: !card && !ssn && !bank && !phone && IDENTIFIER.test(spoken),
  };
  if (known.size > 10_000) known.clear();
  known.set(name, hint);
  return hint;
}

/** How a value's surroundings in a longer text speak of it: the words just before it. */
const CARD_BEFORE = /(?:card|visa|master\s?card|amex|american express|discover|\bcc|\bpan|credit|debit)[^.\n]{0,20}$/i;
const SSN_BEFORE = /(?:\bssn|social\s+sec\w*|\bss\s?#)[^.\n]{0,16}$/i;
const IDENTIFIER_BEFORE =
  /(?:order|invoice|tracking|track|parcel|shipment|imei|iccid|serial|ref|reference|transaction|txn|ticket|case|batch|barcode|ean|gtin|upc|isbn|sku|id|uid|version|timestamp|epoch|ts|phone|tel|account|acct|member|policy|claim)(?:[\s_-]?(?:number|num|no|nr|code|key|id))?\b[\s"'#:=._-]{0,6}$/i;

/** The characters before a place that say what stands there. */
export function before(text: string, start: number): string {
  return text.slice(Math.max(0, start - 32), start);
}

export function saysCard(lead: string): boolean {
  return CARD_BEFORE.test(lead) && !/gift[\s_-]?card/i.test(lead);
}

export function saysSsn(lead: string): boolean {
  return SSN_BEFORE.test(lead);
}

export function saysIdentifier(lead: string): boolean {
  return IDENTIFIER_BEFORE.test(lead);
}
