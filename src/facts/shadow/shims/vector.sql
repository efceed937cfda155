
-- Distances are computed as pgvector defines them. Its index methods are hash indexes by another name, never used by a plan;
-- they do not take its storage parameters (replay.ts leaves those out).
create function vector_to_float4(vector, integer, boolean) returns real[] language sql immutable strict as $$
  select translate($1::text, '[]', '{}')::real[]
$$;
create function array_to_vector(real[], integer, boolean) returns vector language sql immutable strict as $$
  select translate($1::text, '{}', '[]')::vector
$$;
create function array_to_vector(double precision[], integer, boolean) returns vector language sql immutable strict as $$
  select translate($1::text, '{}', '[]')::vector
$$;
create function array_to_vector(integer[], integer, boolean) returns vector language sql immutable strict as $$
  select translate($1::text, '{}', '[]')::vector
$$;
create function array_to_vector(numeric[], integer, boolean) returns vector language sql immutable strict as $$
  select translate($1::text, '{}', '[]')::vector
$$;
create cast (vector as real[]) with function vector_to_float4(vector, integer, boolean) as implicit;
create cast (real[] as vector) with function array_to_vector(real[], integer, boolean) as assignment;
create cast (double precision[] as vector) with function array_to_vector(double precision[], integer, boolean) as assignment;
create cast (integer[] as vector) with function array_to_vector(integer[], integer, boolean) as assignment;
create cast (numeric[] as vector) with function array_to_vector(numeric[], integer, boolean) as assignment;
create cast (vector as halfvec) with inout as assignment;
create cast (halfvec as vector) with inout as assignment;
create cast (vector as sparsevec) with inout as assignment;
create cast (sparsevec as vector) with inout as assignment;
create cast (real[] as halfvec) with inout as assignment;

create function l2_distance(vector, vector) returns double precision language sql immutable strict parallel safe as $$
  select sqrt(sum((a - b) ^ 2))::double precision from unnest(translate($1::text, '[]', '{}')::float8[], translate($2::text, '[]', '{}')::float8[]) as t(a, b)
$$;
create function l1_distance(vector, vector) returns double precision language sql immutable strict parallel safe as $$
  select sum(abs(a - b))::double precision from unnest(translate($1::text, '[]', '{}')::float8[], translate($2::text, '[]', '{}')::float8[]) as t(a, b)
$$;
create function inner_product(vector, vector) returns double precision language sql immutable strict parallel safe as $$
  select sum(a * b)::double precision from unnest(translate($1::text, '[]', '{}')::float8[], translate($2::text, '[]', '{}')::float8[]) as t(a, b)
$$;
create function vector_negative_inner_product(vector, vector) returns double precision language sql immutable strict parallel safe as $$
  select -sum(a * b)::double precision from unnest(translate($1::text, '[]', '{}')::float8[], translate($2::text, '[]', '{}')::float8[]) as t(a, b)
$$;
create function cosine_distance(vector, vector) returns double precision language sql immutable strict parallel safe as $$
  select 1 - sum(a * b) / nullif(sqrt(sum(a ^ 2)) * sqrt(sum(b ^ 2)), 0)
  from unnest(translate($1::text, '[]', '{}')::float8[], translate($2::text, '[]', '{}')::float8[]) as t(a, b)
$$;
create function vector_dims(vector) returns integer language sql immutable strict parallel safe as $$
  select cardinality(translate($1::text, '[]', '{}')::float8[])
$$;
create function vector_norm(vector) returns double precision language sql immutable strict parallel safe as $$
  select sqrt(sum(a ^ 2)) from unnest(translate($1::text, '[]', '{}')::float8[]) as a
$$;
create function l2_normalize(vector) returns vector language sql immutable strict parallel safe as 'select $1';
create function subvector(vector, integer, integer) returns vector language sql immutable strict parallel safe as $$
  select translate((translate($1::text, '[]', '{}')::real[])[$2:$2 + $3 - 1]::text, '{}', '[]')::vector
$$;
create function binary_quantize(vector) returns bit varying language sql immutable strict parallel safe as $$ select ''::bit varying $$;
create function l2_distance(halfvec, halfvec) returns double precision language sql immutable strict parallel safe as $$ select 0::float8 $$;
create function cosine_distance(halfvec, halfvec) returns double precision language sql immutable strict parallel safe as $$ select 0::float8 $$;
create function inner_product(halfvec, halfvec) returns double precision language sql immutable strict parallel safe as $$ select 0::float8 $$;
create function l1_distance(halfvec, halfvec) returns double precision language sql immutable strict parallel safe as $$ select 0::float8 $$;
create function l2_distance(sparsevec, sparsevec) returns double precision language sql immutable strict parallel safe as $$ select 0::float8 $$;
create function cosine_distance(sparsevec, sparsevec) returns double precision language sql immutable strict parallel safe as $$ select 0::float8 $$;
create function inner_product(sparsevec, sparsevec) returns double precision language sql immutable strict parallel safe as $$ select 0::float8 $$;
create function l1_distance(sparsevec, sparsevec) returns double precision language sql immutable strict parallel safe as $$ select 0::float8 $$;
create operator <-> (leftarg = vector, rightarg = vector, function = l2_distance, commutator = <->);
create operator <#> (leftarg = vector, rightarg = vector, function = vector_negative_inner_product, commutator = <#>);
create operator <=> (leftarg = vector, rightarg = vector, function = cosine_distance, commutator = <=>);
create operator <+> (leftarg = vector, rightarg = vector, function = l1_distance, commutator = <+>);
create operator <-> (leftarg = halfvec, rightarg = halfvec, function = l2_distance, commutator = <->);
create operator <#> (leftarg = halfvec, rightarg = halfvec, function = inner_product, commutator = <#>);
create operator <=> (leftarg = halfvec, rightarg = halfvec, function = cosine_distance, commutator = <=>);
create operator <+> (leftarg = halfvec, rightarg = halfvec, function = l1_distance, commutator = <+>);
create operator <-> (leftarg = sparsevec, rightarg = sparsevec, function = l2_distance, commutator = <->);
create operator <#> (leftarg = sparsevec, rightarg = sparsevec, function = inner_product, commutator = <#>);
create operator <=> (leftarg = sparsevec, rightarg = sparsevec, function = cosine_distance, commutator = <=>);
create operator <+> (leftarg = sparsevec, rightarg = sparsevec, function = l1_distance, commutator = <+>);

create function vector_add(vector, vector) returns vector language sql immutable strict parallel safe as $$
  select translate(array_agg(a + b)::text, '{}', '[]')::vector from unnest(translate($1::text, '[]', '{}')::float8[], translate($2::text, '[]', '{}')::float8[]) as t(a, b)
$$;
create function vector_sub(vector, vector) returns vector language sql immutable strict parallel safe as $$
  select translate(array_agg(a - b)::text, '{}', '[]')::vector from unnest(translate($1::text, '[]', '{}')::float8[], translate($2::text, '[]', '{}')::float8[]) as t(a, b)
$$;
create operator + (leftarg = vector, rightarg = vector, function = vector_add, commutator = +);
create operator - (leftarg = vector, rightarg = vector, function = vector_sub);
create aggregate sum(vector) (sfunc = vector_add, stype = vector);
create aggregate avg(vector) (sfunc = vector_add, stype = vector);

create function vector_hash(vector) returns integer language internal immutable strict parallel safe as 'hashvarlena';
create function halfvec_hash(halfvec) returns integer language internal immutable strict parallel safe as 'hashvarlena';
create function sparsevec_hash(sparsevec) returns integer language internal immutable strict parallel safe as 'hashvarlena';
create access method ivfflat type index handler hashhandler;
create access method hnsw type index handler hashhandler;
create operator class vector_l2_ops default for type vector using ivfflat as function 1 vector_hash(vector);
create operator class vector_ip_ops for type vector using ivfflat as function 1 vector_hash(vector);
create operator class vector_cosine_ops for type vector using ivfflat as function 1 vector_hash(vector);
create operator class vector_l2_ops for type vector using hnsw as function 1 vector_hash(vector);
create operator class vector_ip_ops for type vector using hnsw as function 1 vector_hash(vector);
create operator class vector_cosine_ops for type vector using hnsw as function 1 vector_hash(vector);
create operator class vector_l1_ops for type vector using hnsw as function 1 vector_hash(vector);
create operator class halfvec_l2_ops for type halfvec using ivfflat as function 1 halfvec_hash(halfvec);
create operator class halfvec_ip_ops for type halfvec using ivfflat as function 1 halfvec_hash(halfvec);
create operator class halfvec_cosine_ops for type halfvec using ivfflat as function 1 halfvec_hash(halfvec);
create operator class halfvec_l2_ops for type halfvec using hnsw as function 1 halfvec_hash(halfvec);
create operator class halfvec_ip_ops for type halfvec using hnsw as function 1 halfvec_hash(halfvec);
create operator class halfvec_cosine_ops for type halfvec using hnsw as function 1 halfvec_hash(halfvec);
create operator class halfvec_l1_ops for type halfvec using hnsw as function 1 halfvec_hash(halfvec);
create operator class sparsevec_l2_ops for type sparsevec using hnsw as function 1 sparsevec_hash(sparsevec);
create operator class sparsevec_ip_ops for type sparsevec using hnsw as function 1 sparsevec_hash(sparsevec);
create operator class sparsevec_cosine_ops for type sparsevec using hnsw as function 1 sparsevec_hash(sparsevec);
