-- What the shop cannot open without. Safe to run again.

insert into public.categories (slug, name) values
  ('fish', 'Fish'),
  ('shellfish', 'Shellfish'),
  ('smoked', 'Smoked'),
  ('pantry', 'Pantry'),
  ('tools', 'Tools')
on conflict (slug) do nothing;

insert into public.products (category_id, slug, name, description, price_cents, stock)
select categories.id, line.slug, line.name, line.description, line.price_cents, line.stock
from (values
  ('fish', 'north-sea-cod', 'North Sea cod', 'Line caught, landed this morning. One kilo.', 2890, 40),
  ('fish', 'plaice', 'Plaice', 'Two whole fish, about 600 g.', 1450, 35),
  ('fish', 'mackerel', 'Mackerel', 'Three whole fish, about 900 g.', 1190, 60),
  ('shellfish', 'blue-mussels', 'Blue mussels', 'Rope grown, two kilos.', 1290, 80),
  ('shellfish', 'brown-shrimp', 'Brown shrimp', 'Cooked on board, 250 g.', 990, 90),
  ('shellfish', 'native-oysters', 'Native oysters', 'A dozen, size 2.', 2690, 24),
  ('smoked', 'smoked-eel', 'Smoked eel', 'Beech smoke, 300 g.', 1990, 30),
  ('smoked', 'kippers', 'Kippers', 'A pair, ready to grill.', 690, 70),
  ('pantry', 'fish-stock', 'Fish stock', 'Half a litre, unsalted.', 590, 120),
  ('pantry', 'samphire', 'Pickled samphire', 'A jar of 200 g.', 450, 110),
  ('tools', 'oyster-knife', 'Oyster knife', 'Short blade, beech handle.', 1890, 45),
  ('tools', 'filleting-knife', 'Filleting knife', 'Flexible blade, 18 cm.', 3490, 20)
) as line (category, slug, name, description, price_cents, stock)
join public.categories on categories.slug = line.category
on conflict (slug) do nothing;

insert into public.feature_flags (key, enabled, description) values
  ('checkout', true, 'The checkout page takes orders.'),
  ('monthly_box', true, 'The monthly box can be subscribed to.'),
  ('team_buying', true, 'Teams and their message boards.'),
  ('new_search', false, 'Search by ingredient, unfinished.')
on conflict (key) do nothing;

insert into public.coupons (code, discount_percent, valid_until) values
  ('WELCOME10', 10, '2027-12-31 23:59:59+00'),
  ('SUMMER15', 15, '2027-09-01 00:00:00+00')
on conflict (code) do nothing;
