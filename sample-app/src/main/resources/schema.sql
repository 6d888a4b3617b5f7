-- What has happened in a match. A process that starts again reads it; nothing else remembers a goal.
create table if not exists match_event (
	match_id varchar(64) not null,
	number integer not null,
	type varchar(16) not null,
	team integer,
	minute_of_play integer,
	added_time integer,
	player varchar(200),
	primary key (match_id, number)
);
