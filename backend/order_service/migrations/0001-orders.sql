-- Every wish to place an order, from the moment it is taken on to its final answer.
create table placements (
  order_uid     uuid primary key,
  key           text not null unique check (char_length(key) between 16 and 255),
  request_hash  text not null,
  -- The validated request, which the sweeper can finish when nobody asks again.
  request       jsonb not null,
  state         text not null default 'placing' check (state in ('placing', 'placed', 'refused', 'abandoned')),
  lease_until   timestamptz not null,
  attempts      integer not null default 1,
  -- When the sweeper tries again; whoever asks for the order may do so before.
  sweep_after   timestamptz not null default now(),
  answer_status smallint,
  -- Text and not json: a repeated request gets the same bytes.
  answer        text,
  created_at    timestamptz not null default now(),
  check ((state = 'placing') = (answer is null)),
  check ((answer is null) = (answer_status is null))
);

create index on placements (lease_until) where state = 'placing';

-- A row here is an order somebody was told about, or will be.
create table orders (
  order_id         integer generated always as identity primary key,
  order_uid        uuid not null unique references placements,
  user_id          integer check (user_id > 0),
  status           text not null check (status in ('pending', 'processing', 'shipped', 'delivered', 'cancelled')),
  -- 'none': recorded without stock.
  stock_state      text not null check (stock_state in ('held', 'release_due', 'released', 'none')),
  total_amount     numeric(15, 2) not null check (total_amount >= 0 and total_amount < 'NaN'),
  shipping_address text check (char_length(shipping_address) <= 1000),
  order_date       timestamptz not null default now(),
  created_at       timestamptz not null default now(),
  updated_at       timestamptz,
  deleted_at       timestamptz,
  -- When a release that failed is tried again.
  release_after    timestamptz not null default now(),
  release_attempts integer not null default 0,
  check ((status = 'cancelled') = (stock_state in ('release_due', 'released')) or stock_state = 'none')
);

create index on orders (release_after) where stock_state = 'release_due';
create index on orders (status, order_id desc) where deleted_at is null;
create index on orders (user_id, order_id desc) where deleted_at is null;

create table order_items (
  order_item_id     integer generated always as identity primary key,
  order_id          integer not null references orders,
  product_id        integer not null check (product_id > 0),
  product_name      text not null,
  quantity          integer not null check (quantity > 0),
  price_at_purchase numeric(10, 2) not null check (price_at_purchase > 0 and price_at_purchase < 'NaN'),
  item_total        numeric(15, 2) not null check (item_total = quantity * price_at_purchase),
  created_at        timestamptz not null default now(),
  updated_at        timestamptz,
  unique (order_id, product_id)
);

-- What happened to an order, by whom. Append-only by convention: nothing here updates it.
create table order_history (
  order_history_id bigint generated always as identity primary key,
  order_id         integer not null references orders,
  event            text not null,
  actor            text not null,
  created_at       timestamptz not null default now()
);

create index on order_history (order_id, order_history_id);
