-- The log in the order it came about. Facets of each class: see fold.ts.
select l.classid::regclass::text as class, l.objid::text as object, l.objsubid as part, l.made, l.parent::text as parent, l.name as named, l.char1 as type, l.keys, l.at,
  -- As JSON, which the driver reads faster than an array.
  to_json(case
    when l.classid = 'pg_description'::regclass then array[l.text1]
    when l.objsubid > 0 then array[concat_ws(' ', l.schema, l.number, nullif(l.owner, 0)), l.bool1::text, l.char1::text || l.char2::text, array_to_string(l.acl, E'\x1f'), l.text1]
    when l.classid = 'pg_class'::regclass then array[l.schema::text, l.owner::text, array_to_string(l.acl, E'\x1f'), l.bool1::text, l.bool2::text, l.options::text, l.char1::text]
    when l.classid = 'pg_constraint'::regclass then array[l.bool1::text, concat(l.char2, l.char3, l.bool2, l.bool3)]
    when l.classid = 'pg_trigger'::regclass then array[l.char1::text]
    when l.classid = 'pg_proc'::regclass then array[l.schema::text, l.owner::text, array_to_string(l.acl, E'\x1f'), l.bool1::text, l.options::text, concat(l.bool2, l.char1, l.char2)]
    when l.classid = 'pg_policy'::regclass then array[l.oids::text, l.text1, l.text2]
    when l.classid = 'pg_namespace'::regclass then array[l.owner::text, array_to_string(l.acl, E'\x1f')]
    when l.classid = 'pg_type'::regclass then array[l.schema::text, l.owner::text, array_to_string(l.acl, E'\x1f'), concat_ws(' ', l.bool1, l.text1, l.options)]
    when l.classid = 'pg_extension'::regclass then array[l.schema::text, l.text1]
    when l.classid = 'pg_publication'::regclass then array[l.text1]
    when l.classid = 'pg_default_acl'::regclass then array[l.owner::text, l.schema::text, l.char1::text, array_to_string(l.acl, E'\x1f')]
    else '{}'
  end) as facets
from pg_supaready.log l
order by l.seq
