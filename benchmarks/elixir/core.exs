# The core workloads on Elixir/OTP, with nothing but its standard library and the flags it comes with.
# Prints one JSON document to standard output, progress to standard error: elixir core.exs
#
#   call-1, call-10, call-100, call-1000    calls of so many concurrent processes to one GenServer
#   call-1000-servers                       calls of 100 processes to 1,000 servers, chosen at random before
#   many-to-many                            the same of 1,000 processes
#   cast-1, cast-4                          casts of so many senders to one server; each waits, by a call, after 10,000
#   ring-hop                                one cast of a token that goes around a ring of 1,000 servers
#   ping-pong                               one cast of a token that goes between two servers
#   child-start-stop                        start and stop of a child of a DynamicSupervisor, one after the other
#   child-start                             the start alone; the children stay until the round is over
#   crash-1, crash-1000, crash-100000       from the cast that makes a child of a DynamicSupervisor raise until its
#                                           successor has handled a message; so many children are there; one at a time
#   kill-1, kill-1000, kill-100000          the same after Process.exit(pid, :kill)
#   crash-storm-1000, kill-storm-1000       the same with all of 1,000 children at once; the time of all, for each of them
#   group-restart-100                       from the kill of one until all of a :one_for_all group of 100 have started
#   memory-child                            bytes that an idle child of a DynamicSupervisor adds to :erlang.memory(:total),
#                                           with 100,000 of them, after a garbage collection of every process
#   memory-child-before-gc                  the same before it
#
# Children that are restarted have registered names, under which they are found again. Logging is off.
#
# A supervisor keeps every restart of the last max_seconds in a list that it walks at each restart. So that this does not
# count against it, max_seconds is 1, a round has few restarts, and the next one waits until they are forgotten. In a storm
# the list belongs to what is measured.

defmodule Server do
  use GenServer

  def start_link(sum), do: GenServer.start_link(__MODULE__, sum)

  @impl true
  def init(sum), do: {:ok, sum}

  @impl true
  def handle_call({:ask, number}, _from, sum), do: {:reply, number + 1, sum}
  def handle_call(:sum, _from, sum), do: {:reply, sum, sum}

  @impl true
  def handle_cast({:add, number}, sum), do: {:noreply, sum + number}
end

defmodule Forwarder do
  use GenServer

  def start_link, do: GenServer.start_link(__MODULE__, nil)

  @impl true
  def init(next), do: {:ok, next}

  @impl true
  def handle_cast({:next, next}, _), do: {:noreply, next}

  def handle_cast({:token, 0, owner}, next) do
    send(owner, {:arrived, self()})
    {:noreply, next}
  end

  def handle_cast({:token, hops, owner}, next) do
    GenServer.cast(next, {:token, hops - 1, owner})
    {:noreply, next}
  end
end

defmodule Victim do
  use GenServer

  def start_link({owner, name}), do: GenServer.start_link(__MODULE__, owner, name: name)

  @impl true
  def init(owner) do
    send(self(), :touch)
    {:ok, owner}
  end

  @impl true
  def handle_info(:touch, owner) do
    send(owner, {:handled, self()})
    {:noreply, owner}
  end

  @impl true
  def handle_cast(:crash, _owner), do: raise("asked for")
end

defmodule Member do
  use GenServer

  def start_link({owner, name}), do: GenServer.start_link(__MODULE__, owner, name: name)

  @impl true
  def init(owner) do
    send(owner, {:started, self()})
    {:ok, owner}
  end
end

defmodule Core do
  @warmup 2
  @rounds 7

  @calls 200_000
  @batch 10_000
  @batches 20
  @hops 200_000
  @children 10_000
  @restarts 200
  @storm 1_000
  @group 100
  @group_restarts 20
  @idle 100_000

  # No restart limit, over the shortest period there is. It is counted in whole seconds: after two, all are forgotten.
  @unlimited [max_restarts: 1_000_000_000, max_seconds: 1]
  @forgotten 2_100

  def main do
    :ok = :logger.set_primary_config(:level, :none)
    date = DateTime.utc_now() |> DateTime.truncate(:second) |> DateTime.to_iso8601()
    load = load_average()
    results = calls() ++ casts() ++ tokens() ++ children() ++ restarts() ++ memory()

    IO.puts(
      json(
        date: date,
        versions: [
          elixir: System.version(),
          otp: System.otp_release(),
          erts: to_string(:erlang.system_info(:version)),
          emulator: to_string(:erlang.system_info(:emu_flavor))
        ],
        schedulers: System.schedulers_online(),
        cores: :erlang.system_info(:logical_processors),
        load_average: [begin: load, end: load_average()],
        cpu_seconds: elem(:erlang.statistics(:runtime), 0) / 1000,
        results: results
      )
    )
  end

  # Calls

  defp calls do
    {:ok, server} = Server.start_link(0)
    servers = List.to_tuple(for _ <- 1..1000, do: elem(Server.start_link(0), 1))

    one = for count <- [1, 10, 100, 1000], do: call("call-#{count}", count, fn -> server end)
    random = fn -> elem(servers, :rand.uniform(1000) - 1) end

    measure(one ++ [call("call-1000-servers", 100, random), call("many-to-many", 1000, random)])
  end

  defp call(name, callers, choose) do
    each = div(@calls, callers)

    workload(name, @calls, fn ->
      targets = for _ <- 1..callers, do: for(_ <- 1..each, do: choose.())

      concurrently(targets, fn servers ->
        Enum.reduce(servers, 0, fn server, number ->
          # The pattern is the check: the reply is the number plus one.
          next = number + 1
          ^next = GenServer.call(server, {:ask, number})
        end)
      end)
    end)
  end

  # Casts

  defp casts do
    {:ok, server} = Server.start_link(0)
    measure(for senders <- [1, 4], do: cast("cast-#{senders}", senders, server))
  end

  defp cast(name, senders, server) do
    each = div(@batches, senders)

    workload(name, @batches * @batch, fn ->
      before = GenServer.call(server, :sum)

      elapsed =
        concurrently(List.duplicate(server, senders), fn server ->
          for _ <- 1..each do
            for number <- 1..@batch, do: GenServer.cast(server, {:add, number})
            GenServer.call(server, :sum, :infinity)
          end
        end)

      added = @batches * Enum.sum(1..@batch)
      ^added = GenServer.call(server, :sum) - before
      elapsed
    end)
  end

  # Tokens

  defp tokens do
    measure([token("ring-hop", ring(1000)), token("ping-pong", ring(2))])
  end

  defp ring(size) do
    servers = for _ <- 1..size, do: elem(Forwarder.start_link(), 1)
    nexts = tl(servers) ++ [hd(servers)]
    for {server, next} <- Enum.zip(servers, nexts), do: GenServer.cast(server, {:next, next})
    servers
  end

  defp token(name, ring) do
    last = Enum.at(ring, rem(@hops, length(ring)))

    workload(name, @hops, fn ->
      {elapsed, _} =
        timed(fn ->
          GenServer.cast(hd(ring), {:token, @hops, self()})

          receive do
            {:arrived, server} -> ^last = server
          end
        end)

      elapsed
    end)
  end

  # Starts and stops

  defp children do
    {:ok, supervisor} = DynamicSupervisor.start_link(@unlimited)
    child = Supervisor.child_spec({Server, 0}, [])

    measure([
      workload("child-start-stop", @children, fn ->
        {elapsed, _} =
          timed(fn ->
            for _ <- 1..@children do
              {:ok, pid} = DynamicSupervisor.start_child(supervisor, child)
              :ok = DynamicSupervisor.terminate_child(supervisor, pid)
            end
          end)

        0 = active(supervisor)
        elapsed
      end),
      workload("child-start", @children, fn ->
        {elapsed, pids} =
          timed(fn ->
            for _ <- 1..@children do
              {:ok, pid} = DynamicSupervisor.start_child(supervisor, child)
              pid
            end
          end)

        @children = active(supervisor)
        for pid <- pids, do: :ok = DynamicSupervisor.terminate_child(supervisor, pid)
        elapsed
      end)
    ])
  end

  defp active(supervisor), do: DynamicSupervisor.count_children(supervisor).active

  # Restarts

  defp restarts do
    families = for count <- [1, 1000, 100_000], do: family("child-of-#{count}", count)
    storm = family("child-in-storm", @storm)
    group = group("member", @group)

    crashes = measure(endings("crash", &crash/1, families, storm), @forgotten)
    kills = measure([group | endings("kill", &kill/1, families, storm)], @forgotten)

    for {supervisor, _} <- [storm | families], do: end_family(supervisor)
    crashes ++ kills
  end

  defp endings(kind, finish, families, {_, victims} = storm) do
    alone =
      for {_, names} = family <- families, do: alone("#{kind}-#{length(names)}", family, finish)

    alone ++ [storm("#{kind}-storm-#{length(victims)}", storm, finish)]
  end

  defp crash(name), do: GenServer.cast(name, :crash)

  defp kill(name), do: Process.exit(Process.whereis(name), :kill)

  # A supervisor and the names of its children.
  defp family(prefix, count) do
    {:ok, supervisor} = DynamicSupervisor.start_link(@unlimited)
    names = for i <- 1..count, do: :"#{prefix}-#{i}"

    for name <- names do
      {:ok, pid} = DynamicSupervisor.start_child(supervisor, {Victim, {self(), name}})
      ^pid = handled()
    end

    {supervisor, names}
  end

  # An orderly stop of 100,000 children takes a minute and more, and is not what is measured.
  defp end_family(supervisor) do
    children = for {_, pid, _, _} <- DynamicSupervisor.which_children(supervisor), do: pid
    Process.unlink(supervisor)
    Process.exit(supervisor, :kill)

    for pid <- [supervisor | children] do
      reference = Process.monitor(pid)

      receive do
        {:DOWN, ^reference, _, _, _} -> :ok
      end
    end
  end

  defp alone(name, {supervisor, [victim | _] = names}, finish) do
    workload(name, @restarts, fn ->
      before = Process.whereis(victim)

      {elapsed, successors} =
        timed(fn ->
          for _ <- 1..@restarts do
            finish.(victim)
            handled()
          end
        end)

      check_restarts([before | successors], [victim], supervisor, length(names))
      elapsed
    end)
  end

  defp storm(name, {supervisor, names}, finish) do
    workload(name, length(names), fn ->
      before = Enum.map(names, &Process.whereis/1)

      {elapsed, successors} =
        timed(fn ->
          Enum.each(names, finish)
          for _ <- names, do: handled()
        end)

      check_restarts(before ++ successors, names, supervisor, length(names))
      elapsed
    end)
  end

  defp handled do
    receive do
      {:handled, pid} -> pid
    end
  end

  # Nobody is there twice, the last ones have the names, and nobody is missing.
  defp check_restarts(pids, names, supervisor, count) do
    ^pids = Enum.uniq(pids)
    last = pids |> Enum.take(-length(names)) |> Enum.sort()
    ^last = names |> Enum.map(&Process.whereis/1) |> Enum.sort()
    ^count = active(supervisor)
  end

  defp group(prefix, size) do
    names = for i <- 1..size, do: :"#{prefix}-#{i}"
    members = for name <- names, do: Supervisor.child_spec({Member, {self(), name}}, id: name)
    {:ok, supervisor} = Supervisor.start_link(members, [strategy: :one_for_all] ++ @unlimited)
    first = started(names)

    workload("group-restart-#{size}", @group_restarts, fn ->
      {elapsed, generations} =
        timed(fn ->
          for _ <- 1..@group_restarts do
            kill(hd(names))
            started(names)
          end
        end)

      pids = Enum.concat([first | generations])
      ^pids = Enum.uniq(pids)
      ^size = Supervisor.count_children(supervisor).active
      elapsed
    end)
  end

  defp started(names) do
    for _ <- names do
      receive do
        {:started, pid} -> pid
      end
    end
  end

  # Memory

  defp memory do
    [_warmup | rounds] = for _ <- 0..5, do: memory_round()
    {before, collected} = Enum.unzip(rounds)

    [
      result("memory-child", "bytes", collected),
      result("memory-child-before-gc", "bytes", before)
    ]
  end

  defp memory_round do
    empty = collect_and_measure()
    {:ok, supervisor} = DynamicSupervisor.start_link(@unlimited)
    child = Supervisor.child_spec({Server, 0}, [])
    Enum.each(1..@idle, fn _ -> {:ok, _} = DynamicSupervisor.start_child(supervisor, child) end)
    full = :erlang.memory(:total)
    collected = collect_and_measure()
    @idle = active(supervisor)
    end_family(supervisor)
    {(full - empty) / @idle, (collected - empty) / @idle}
  end

  defp collect_and_measure do
    Enum.each(Process.list(), &:erlang.garbage_collect/1)
    :erlang.memory(:total)
  end

  # Measuring

  # A round does so many operations and returns how many nanoseconds that took.
  defp workload(name, operations, round), do: {name, operations, round}

  # The workloads take turns, so that what else the machine does meets all of them.
  defp measure(workloads, pause \\ 0) do
    rounds =
      for _ <- 1..(@warmup + @rounds) do
        Process.sleep(pause)
        for {_, operations, round} <- workloads, do: round.() / operations
      end

    figures = rounds |> Enum.drop(@warmup) |> Enum.zip_with(& &1)
    for {{name, _, _}, values} <- Enum.zip(workloads, figures), do: result(name, "ns/op", values)
  end

  defp timed(work) do
    start = System.monotonic_time()
    value = work.()
    {System.convert_time_unit(System.monotonic_time() - start, :native, :nanosecond), value}
  end

  # From the moment when all processes, one for each argument, may begin until the last one is done.
  defp concurrently(arguments, work) do
    owner = self()

    pids =
      for argument <- arguments do
        spawn_link(fn ->
          receive do
            :go ->
              work.(argument)
              send(owner, :done)
          end
        end)
      end

    {elapsed, _} =
      timed(fn ->
        for pid <- pids, do: send(pid, :go)

        for _ <- pids do
          receive do
            :done -> :ok
          end
        end
      end)

    elapsed
  end

  defp result(name, unit, values) do
    sorted = Enum.sort(values)
    median = Enum.at(sorted, div(length(sorted), 2))
    IO.puts(:stderr, "#{String.pad_trailing(name, 24)} #{round(median)} #{unit}")

    [
      workload: name,
      unit: unit,
      median: median,
      min: hd(sorted),
      max: List.last(sorted),
      rounds: length(sorted)
    ]
  end

  defp load_average do
    case File.read("/proc/loadavg") do
      {:ok, line} -> line |> String.split() |> hd() |> String.to_float()
      _ -> nil
    end
  end

  # JSON: a keyword list is an object, any other list an array. Strings here need no escapes but what inspect does.

  defp json([{_, _} | _] = object) do
    members = Enum.map_join(object, ", ", fn {key, value} -> ~s("#{key}": ) <> json(value) end)
    "{" <> members <> "}"
  end

  defp json(array) when is_list(array), do: "[\n" <> Enum.map_join(array, ",\n", &json/1) <> "]"
  defp json(nil), do: "null"
  defp json(number) when is_float(number), do: :erlang.float_to_binary(number, decimals: 1)
  defp json(value), do: inspect(value)
end

Core.main()
