
create type geometry_dump as (path integer[], geom geometry);
create cast (geometry as geography) with inout as implicit;
create cast (geography as geometry) with inout as assignment;
create cast (text as geometry) with inout as implicit;
create cast (text as geography) with inout as implicit;
create cast (geometry as text) with inout as implicit;
create cast (geometry as box2d) with inout as implicit;
create cast (geometry as box3d) with inout as implicit;
create cast (box2d as geometry) with inout as implicit;
create cast (point as geometry) with inout as assignment;
create cast (jsonb as geometry) with inout as assignment;

create table spatial_ref_sys (
  srid integer primary key check (srid > 0 and srid <= 998999),
  auth_name varchar(256),
  auth_srid integer,
  srtext varchar(2048),
  proj4text varchar(2048)
);
grant select on spatial_ref_sys to public;

-- Constructors keep what they can as well-known text; measures and relations are unknown (null).
create function st_makepoint(x double precision, y double precision) returns geometry language sql immutable strict parallel safe as $$
  select ('POINT(' || x || ' ' || y || ')')::geometry
$$;
create function st_point(x double precision, y double precision) returns geometry language sql immutable strict parallel safe as $$
  select ('POINT(' || x || ' ' || y || ')')::geometry
$$;
create function st_point(x double precision, y double precision, srid integer) returns geometry language sql immutable strict parallel safe as $$
  select ('SRID=' || srid || ';POINT(' || x || ' ' || y || ')')::geometry
$$;
create function st_setsrid(geom geometry, srid integer) returns geometry language sql immutable strict parallel safe as $$
  select ('SRID=' || srid || ';' || regexp_replace(geom::text, '^SRID=\d+;', ''))::geometry
$$;
create function st_geomfromtext(text) returns geometry language sql immutable strict parallel safe as 'select $1::geometry';
create function st_geomfromtext(text, integer) returns geometry language sql immutable strict parallel safe as 'select st_setsrid($1::geometry, $2)';
create function st_geogfromtext(text) returns geography language sql immutable strict parallel safe as 'select $1::geography';
create function st_geographyfromtext(text) returns geography language sql immutable strict parallel safe as 'select $1::geography';
create function st_astext(geometry) returns text language sql immutable strict parallel safe as $$ select regexp_replace($1::text, '^SRID=\d+;', '') $$;
create function st_astext(geography) returns text language sql immutable strict parallel safe as $$ select regexp_replace(geography_out($1)::text, '^SRID=\d+;', '') $$;
create function st_x(geometry) returns double precision language sql immutable strict parallel safe as $$
  select substring($1::text from 'POINT\((-?[0-9.eE+-]+) ')::float8
$$;
create function st_y(geometry) returns double precision language sql immutable strict parallel safe as $$
  select substring($1::text from 'POINT\(-?[0-9.eE+-]+ (-?[0-9.eE+-]+)')::float8
$$;

-- Runs as the superuser with the project's schema in the search path: what it calls is named in full.
do $$
declare
  line text;
  kind text;
begin
  foreach line in array array[
    'st_geomfromgeojson(text) geometry', 'st_geomfromgeojson(json) geometry', 'st_geomfromgeojson(jsonb) geometry',
    'st_geomfromewkt(text) geometry', 'st_geomfromwkb(bytea) geometry', 'st_geomfromwkb(bytea, integer) geometry', 'st_geomfromkml(text) geometry',
    'st_pointfromtext(text, integer) geometry', 'st_polygonfromtext(text, integer) geometry', 'st_polygon(geometry, integer) geometry',
    'st_makepoint(double precision, double precision, double precision) geometry', 'st_makeline(geometry, geometry) geometry',
    'st_makeline(geometry[]) geometry', 'st_makepolygon(geometry) geometry', 'st_makevalid(geometry) geometry', 'st_multi(geometry) geometry',
    'st_makeenvelope(double precision, double precision, double precision, double precision, integer default 0) geometry',
    'st_tileenvelope(integer, integer, integer) geometry', 'st_collect(geometry, geometry) geometry', 'st_collect(geometry[]) geometry',
    'st_z(geometry) double precision', 'st_m(geometry) double precision', 'st_xmin(box3d) double precision', 'st_xmax(box3d) double precision',
    'st_ymin(box3d) double precision', 'st_ymax(box3d) double precision', 'st_extent(geometry) box2d', 'st_expand(geometry, double precision) geometry',
    'st_transform(geometry, integer) geometry', 'st_buffer(geometry, double precision) geometry', 'st_buffer(geography, double precision) geography',
    'st_simplify(geometry, double precision) geometry', 'st_simplifypreservetopology(geometry, double precision) geometry',
    'st_asgeojson(geometry, integer default 9, integer default 8) text', 'st_asgeojson(geography, integer default 9, integer default 0) text',
    'st_asbinary(geometry) bytea', 'st_asbinary(geography) bytea', 'st_asewkt(geometry) text', 'st_asewkb(geometry) bytea', 'st_ashexewkb(geometry) text',
    'st_asmvtgeom(geometry, box2d, integer default 4096, integer default 256, boolean default true) geometry', 'st_askml(geometry) text',
    'st_geohash(geometry, integer default 0) text', 'st_srid(geometry) integer', 'st_srid(geography) integer', 'geometrytype(geometry) text',
    'st_geometrytype(geometry) text', 'st_numpoints(geometry) integer', 'st_npoints(geometry) integer', 'st_numgeometries(geometry) integer',
    'st_geometryn(geometry, integer) geometry', 'st_pointn(geometry, integer) geometry', 'st_startpoint(geometry) geometry', 'st_endpoint(geometry) geometry',
    'st_exteriorring(geometry) geometry', 'st_isvalid(geometry) boolean', 'st_isempty(geometry) boolean', 'st_isclosed(geometry) boolean',
    'st_envelope(geometry) geometry', 'st_convexhull(geometry) geometry', 'st_boundary(geometry) geometry', 'st_pointonsurface(geometry) geometry',
    'st_closestpoint(geometry, geometry) geometry', 'st_lineinterpolatepoint(geometry, double precision) geometry',
    'st_linelocatepoint(geometry, geometry) double precision', 'st_project(geography, double precision, double precision) geography',
    'st_distancesphere(geometry, geometry) double precision', 'st_distancespheroid(geometry, geometry) double precision',
    'st_dwithin(geography, geography, double precision, boolean) boolean', 'st_distance(geography, geography, boolean) double precision',
    'st_snaptogrid(geometry, double precision) geometry', 'st_subdivide(geometry, integer default 256) setof geometry', 'st_dump(geometry) setof geometry_dump',
    'postgis_version() text', 'postgis_full_version() text', 'postgis_lib_version() text'
  ] loop
    kind := substring(line from '\) ((?:setof )?[a-z0-9_ ]+)$');
    execute pg_catalog.format('create function %s returns %s language sql immutable parallel safe as %L',
      pg_catalog.left(line, pg_catalog.length(line) - pg_catalog.length(kind) - 1), kind, 'select null::' || pg_catalog.replace(kind, 'setof ', ''));
  end loop;
  foreach kind in array array['geometry', 'geography'] loop
    foreach line in array array[
      'distance double precision', 'azimuth double precision', 'intersection G', 'difference G', 'symdifference G', 'union G', 'intersects boolean', 'covers boolean',
      'coveredby boolean', 'contains boolean', 'within boolean', 'overlaps boolean', 'touches boolean', 'crosses boolean', 'equals boolean', 'disjoint boolean'
    ] loop
      execute pg_catalog.format('create function st_%1$s(%2$s, %2$s) returns %3$s language sql immutable parallel safe as %4$L', pg_catalog.split_part(line, ' ', 1), kind,
        pg_catalog.replace(pg_catalog.substr(line, position(' ' in line) + 1), 'G', kind), 'select null::' || pg_catalog.replace(pg_catalog.substr(line, position(' ' in line) + 1), 'G', kind));
    end loop;
    execute pg_catalog.format('create function st_dwithin(%1$s, %1$s, double precision) returns boolean language sql immutable parallel safe as %2$L', kind, 'select null::boolean');
    foreach line in array array['area', 'length', 'perimeter'] loop
      execute pg_catalog.format('create function st_%s(%s) returns double precision language sql immutable parallel safe as %L', line, kind, 'select null::double precision');
    end loop;
    execute pg_catalog.format('create function st_centroid(%1$s) returns %1$s language sql immutable parallel safe as %2$L', kind, 'select $1');
    execute pg_catalog.format('create function %1$s_distance(%1$s, %1$s) returns double precision language sql immutable parallel safe as %2$L', kind, 'select null::double precision');
    execute pg_catalog.format('create function %1$s_overlaps(%1$s, %1$s) returns boolean language sql immutable parallel safe as %2$L', kind, 'select null::boolean');
    execute pg_catalog.format('create operator <-> (leftarg = %1$s, rightarg = %1$s, function = %1$s_distance)', kind);
    execute pg_catalog.format('create operator && (leftarg = %1$s, rightarg = %1$s, function = %1$s_overlaps)', kind);
    execute pg_catalog.format('create operator @ (leftarg = %1$s, rightarg = %1$s, function = %1$s_overlaps)', kind);
    execute pg_catalog.format('create operator ~ (leftarg = %1$s, rightarg = %1$s, function = %1$s_overlaps)', kind);

    -- An index by value, made of btree_gist's parts, under the names of PostGIS.
    execute pg_catalog.format('create function %1$s_gist_consistent(internal, %1$s, smallint, oid, internal) returns boolean language c immutable as %2$L, %3$L', kind, '$libdir/btree_gist', 'gbt_bytea_consistent');
    foreach line in array array['compress(internal) internal bytea_compress', 'decompress(internal) internal var_decompress',
      'penalty(internal, internal, internal) internal bytea_penalty', 'picksplit(internal, internal) internal bytea_picksplit',
      'union(internal, internal) bytea bytea_union', 'same(bytea, bytea, internal) internal bytea_same'] loop
      execute pg_catalog.format('create function %s_gist_%s returns %s language c immutable strict as %L, %L', kind, substring(line from '^[a-z]+\([a-z, ]+\)'),
        (pg_catalog.regexp_match(line, '\) ([a-z]+) '))[1], '$libdir/btree_gist', 'gbt_' || substring(line from '[a-z_]+$'));
    end loop;
    execute pg_catalog.format(
      'create operator class %3$s default for type %1$s using gist as operator 3 &&(%1$s, %1$s),
       function 1 %1$s_gist_consistent(internal, %1$s, smallint, oid, internal), function 2 %1$s_gist_union(internal, internal),
       function 3 %1$s_gist_compress(internal), function 4 %1$s_gist_decompress(internal), function 5 %1$s_gist_penalty(internal, internal, internal),
       function 6 %1$s_gist_picksplit(internal, internal), function 7 %1$s_gist_same(bytea, bytea, internal), storage bytea', kind, '',
      case kind when 'geometry' then 'gist_geometry_ops_2d' else 'gist_geography_ops' end);
  end loop;
end
$$;
create aggregate st_union(geometry) (sfunc = st_union, stype = geometry);
create aggregate st_collect(geometry) (sfunc = st_collect, stype = geometry);
create aggregate st_makeline(geometry) (sfunc = st_makeline, stype = geometry);
