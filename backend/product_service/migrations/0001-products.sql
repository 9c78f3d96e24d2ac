-- What the shop sells. `version` counts staff edits; `stock_quantity` is always the sum of the movements below.
create table products (
  product_id     integer generated always as identity primary key,
  name           text not null check (char_length(name) between 1 and 255),
  description    text check (char_length(description) <= 2000),
  -- NaN is a numeric, and greater than every other: it has to be refused by name.
  price          numeric(10, 2) not null check (price > 0 and price < 'NaN'),
  -- No upper bound here: goods that come back must always find room.
  stock_quantity bigint not null check (stock_quantity >= 0),
  -- Either a picture of ours, by the stem of its blob names, or somebody else's address, never both.
  image_stem     text,
  image_url      text check (char_length(image_url) <= 2048),
  version        integer not null default 1,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz,
  deleted_at     timestamptz,
  check (image_stem is null or image_url is null)
);

-- The verdict on each order that asked for stock: written once, then at most released (docs/decisions/0003).
create table allocations (
  order_uid  uuid primary key,
  verdict    text not null check (verdict in ('held', 'released', 'rejected', 'void')),
  -- Why it was rejected, as it was told.
  detail     json,
  created_at timestamptz not null default now(),
  check ((verdict = 'rejected') = (detail is not null))
);

create table allocation_lines (
  order_uid  uuid not null references allocations,
  product_id integer not null references products,
  quantity   bigint not null check (quantity > 0),
  unit_price numeric(10, 2) not null,
  name       text not null,
  primary key (order_uid, product_id)
);

-- The ledger behind every stock figure. Append-only; `balance` is the stock after the movement.
create table stock_movements (
  movement_id bigint generated always as identity primary key,
  product_id  integer not null references products,
  delta       bigint not null check (delta <> 0),
  reason      text not null check (char_length(reason) between 1 and 255),
  order_uid   uuid references allocations,
  actor       text not null,
  balance     bigint not null check (balance >= 0),
  created_at  timestamptz not null default now(),
  unique (order_uid, product_id, reason)
);

create index on stock_movements (product_id, movement_id desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'The ledger of stock movements is append-only.';
end
$$;

create trigger append_only before update or delete on stock_movements
  for each row execute function refuse_change();

create trigger never_emptied before truncate on stock_movements
  for each statement execute function refuse_change();
