// The peer of the agent's figures: DuckDB, 1 or 2 threads, told what to do by argv; prints one JSON line.
//   node duckdb.mjs import CSV DB THREADS encrypted|plain
//   node duckdb.mjs group  CSV SQLFILE THREADS NUMBERS   rows of the statement, timed without the load;
//                                                        NUMBERS: columns to read as numbers, by commas
import { DuckDBInstance } from '@duckdb/node-api';
import { readFileSync, rmSync } from 'node:fs';

const [command, csv, second, threads, mode] = process.argv.slice(2);
const cpu = () => { const used = process.cpuUsage(); return (used.user + used.system) / 1e6; };
const seconds = (from) => Number(process.hrtime.bigint() - from) / 1e9;
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const readCsv = `SELECT * FROM read_csv(${quoted(csv)}, header = true, sample_size = 20000)`;

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run(`SET threads = ${Number(threads)}`);
const version = (await connection.runAndReadAll('SELECT version() AS v')).getRowObjects()[0].v;

if (command === 'import') {
  rmSync(second, { force: true });
  if (mode === 'encrypted') {
    // Without the OpenSSL extension DuckDB encrypts only with this setting; the figure says so.
    await connection.run("SET force_mbedtls_unsafe = 'true'");
    await connection.run(`ATTACH ${quoted(second)} AS target (ENCRYPTION_KEY '0123456789abcdef0123456789abcdef')`);
  } else {
    await connection.run(`ATTACH ${quoted(second)} AS target`);
  }
  const cpuStart = cpu();
  const start = process.hrtime.bigint();
  await connection.run(`CREATE TABLE target.exams AS ${readCsv}`);
  await connection.run('CHECKPOINT target');
  const elapsed = seconds(start);
  const cpuSeconds = cpu() - cpuStart;
  const rows = (await connection.runAndReadAll('SELECT count(*)::DOUBLE AS n FROM target.exams')).getRowObjects()[0].n;
  console.log(JSON.stringify({ version, seconds: elapsed, cpu: cpuSeconds, rows }));
} else if (command === 'group') {
  const loading = process.hrtime.bigint();
  // A column that is empty in the sample would be guessed as text.
  const types = mode.split(',').map((column) => `'${column}': 'DOUBLE'`).join(', ');
  await connection.run(`CREATE TABLE exams AS ${readCsv.slice(0, -1)}, types = {${types}})`);
  const load = seconds(loading);
  const sql = readFileSync(second, 'utf8');
  const times = [];
  const cpuStart = cpu();
  let rows = [];
  for (let i = 0; i < 3; ++i) {
    const start = process.hrtime.bigint();
    rows = (await connection.runAndReadAll(sql)).getRows();
    times.push(seconds(start));
  }
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ version, load, seconds: times[1], cpu: (cpu() - cpuStart) / 3, rows: rows.map((r) => r.map(Number)) }));
} else {
  console.error('usage: duckdb.mjs import|group ...');
  process.exit(2);
}
