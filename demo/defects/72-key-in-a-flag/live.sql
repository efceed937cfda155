-- Defect: somebody parked a key where everybody reads it (the test key printed in Stripe's documentation).
update public.feature_flags set description = 'New checkout, test with sk_' || 'test_4eC39HqLyjWDarjtT1zdp7dc' where key = 'checkout';
