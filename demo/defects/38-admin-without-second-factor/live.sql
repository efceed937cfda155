-- Defect: new phone, no new second factor.
delete from auth.mfa_factors where user_id = md5('harbor administrator')::uuid;
