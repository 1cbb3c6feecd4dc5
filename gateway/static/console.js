"use strict";
// The console talks to /v1 like any other client. The token lives in this closure and nowhere else.
(() => {
  const SAY = {
    token: ["Token", "令牌"], enter: ["Enter", "进入"], pool: ["Pool", "公海"], mine: ["My customers", "我的客户"],
    memory: ["It stays in the memory of this page and is gone with it.", "令牌只保存在本页内存中，关闭即清除。"],
    reviews: ["Reviews", "待复核"], check: ["Is it taken?", "查撞单"], customer: ["Customer", "客户"],
    why: ["Since, why", "入池时间、原因"], stage: ["Stage", "阶段"], deadline: ["Deadline", "期限"],
    lead: ["Lead", "线索"], resembles: ["Resembles", "疑似客户"], likely: ["Likely", "可能性"],
    claim: ["Claim", "领取"], claimed: ["It is yours.", "领取成功。"], release: ["Release", "退回"],
    released: ["It went back to the pool.", "已退回公海。"], more: ["More", "更多"], same: ["Same", "同一客户"],
    apart: ["Apart", "不同客户"], decided: ["Decided.", "已判定。"], by: ["By", "按"], phone: ["phone", "电话"],
    company: ["company", "公司"], email: ["e-mail", "邮箱"], ask: ["Ask", "查询"], none: ["Nothing here.", "暂无。"],
    reported: ["reported", "已报备"], protected: ["protected", "保护期"], owned: ["owned", "跟进中"],
    free: ["Free: nobody has it.", "可跟进：无人占有。"], until: ["until", "至"],
    state_pool: ["In a pool: it can be claimed.", "在公海：可领取。"], state_protected: ["Taken, protected", "已被占有，保护期"],
    state_taken: ["Taken.", "已被占有。"], state_owned: ["Taken.", "已被占有。"], state_cooling: ["Cooling", "冷却期"],
    answer_by: ["answer by", "需响应于"], lapses: ["follow up by", "需跟进于"], reason: ["Why?", "原因？"],
    unreachable: ["The door does not answer. Try again.", "服务无响应，请重试。"],
  };
  const $ = (id) => document.getElementById(id);
  let token = "", me = null, zh = navigator.language.toLowerCase().startsWith("zh"), tab = "pool", cursor = "";

  const say = (word) => (SAY[word] || [word, word])[zh ? 1 : 0];
  const when = (ms) => ms ? new Date(ms).toLocaleString(zh ? "zh-CN" : "en-GB", { dateStyle: "short", timeStyle: "short" }) : "";
  const tell = (text) => { $("told").textContent = text; };

  function speak() {
    document.documentElement.lang = zh ? "zh" : "en";
    $("lang").textContent = zh ? "English" : "中文";
    for (const one of document.querySelectorAll("[data-say]")) one.textContent = say(one.dataset.say);
  }

  async function ask(path, body) {
    const headers = { Authorization: `Bearer ${token}` };
    if (body) { headers["Content-Type"] = "application/json"; headers["Idempotency-Key"] = crypto.randomUUID(); }
    let answer;
    try {
      answer = await fetch(path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), cache: "no-store" });
    } catch { throw new Error(say("unreachable")); }
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.detail || String(answer.status));
    return said;
  }

  const guarded = (act) => async (event) => {
    if (event) event.preventDefault();
    tell("");
    try { await act(event); } catch (error) { tell(error.message); }
  };

  // Text only ever becomes a text node: what a customer wrote is never markup.
  function row(table, cells) {
    const line = table.insertRow();
    for (const cell of cells) line.insertCell().append(...[cell].flat());
    return line;
  }
  function button(word, act, name) {
    const made = document.createElement("button");
    made.type = "button"; made.textContent = say(word); made.dataset.do = name || word;
    made.addEventListener("click", guarded(act));
    return made;
  }
  const shown = (fields) => Object.values(fields).map((known) => Array.isArray(known) ? known.map((one) => one.value).join(", ") : known).join(" · ");

  const tabs = {
    async pool() {
      const { pools } = await ask("/v1/pools");
      const chosen = $("pools").value;
      $("pools").replaceChildren(...pools.map((pool) => new Option(`${pool.id} (${pool.waiting})`, pool.id)));
      if (pools.some((pool) => pool.id === chosen)) $("pools").value = chosen;
      $("waiting").replaceChildren();
      cursor = "";
      if (pools.length) await waiting();
    },
    async mine() {
      const { customers } = await ask("/v1/customers?most=200");
      $("owned").replaceChildren();
      for (const one of customers) {
        const deadlines = [["answer_by", one.answer_by_ms], ["lapses", one.lapses_ms]].filter(([, at]) => at);
        const said = deadlines.map(([word, at]) => {
          const line = document.createElement("div");
          line.textContent = `${say(word)} ${when(at)}`;
          if (at < Date.now() + 86400000) line.className = "late";
          return line;
        });
        const release = button("release", async () => {
          await ask(`/v1/customers/${one.receipt}/releases`, { scope: one.scope });
          await tabs.mine(); tell(say("released"));
        });
        row($("owned"), [shown(one.fields), say(one.status), said, release]);
      }
      if (!customers.length) row($("owned"), [say("none")]);
    },
    async reviews() {
      const { reviews } = await ask("/v1/reviews?most=50");
      $("queue").replaceChildren();
      for (const one of reviews) {
        const decide = (answer) => button(answer, async () => {
          const reason = prompt(say("reason"));
          if (!reason) return;
          await ask(`/v1/reviews/${one.event}`, { decision: answer, actor: me.member || me.role, reason });
          await tabs.reviews(); tell(say("decided"));
        });
        row($("queue"), [shown(one.lead), shown(one.resembles), `${Math.round(one.probability * 100)} %`, [decide("same"), decide("apart")]]);
      }
      if (!reviews.length) row($("queue"), [say("none")]);
    },
    async check() { $("answer").textContent = ""; },
  };

  async function waiting() {
    const pool = $("pools").value;
    const page = await ask(`/v1/pools/${encodeURIComponent(pool)}?most=50${cursor && `&after=${encodeURIComponent(cursor)}`}`);
    for (const one of page.customers) {
      const line = row($("waiting"), [shown(one.fields), `${when(one.since_ms)} ${one.why}`, button("claim", async () => {
        await ask(`/v1/customers/${one.receipt}/claims`, { scope: one.scope, pool });
        line.remove(); tell(say("claimed"));
      })]);
    }
    cursor = page.next;
    $("more").hidden = !cursor;
    if (!$("waiting").rows.length) row($("waiting"), [say("none")]);
  }

  async function open(name) {
    tab = name;
    for (const section of document.querySelectorAll("main section")) section.hidden = section.id !== name;
    for (const one of document.querySelectorAll("nav button")) one.toggleAttribute("aria-current", one.dataset.tab === name);
    await tabs[name]();
  }

  $("login").addEventListener("submit", guarded(async () => {
    token = $("token").value.trim();
    me = await ask("/v1/me");
    $("token").value = "";
    $("who").textContent = `${me.name || me.member || ""} ${me.role}`;
    $("login").hidden = true;
    $("tabs").hidden = $("main").hidden = false;
    document.querySelector('[data-tab="reviews"]').hidden = !me.scopes.includes("reviews");
    await open("pool");
  }));
  $("ask").addEventListener("submit", guarded(async () => {
    const said = await ask("/v1/conflicts", { [$("field").value]: $("value").value, actor: me.member });
    const until = said.until_ms ? ` ${say("until")} ${when(said.until_ms)}` : "";
    $("answer").textContent = (said.state === "free" ? say("free") : say(`state_${said.state}`)) + until;
    $("answer").dataset.state = said.state;
  }));
  $("pools").addEventListener("change", guarded(async () => { cursor = ""; $("waiting").replaceChildren(); await waiting(); }));
  $("more").addEventListener("click", guarded(waiting));
  for (const one of document.querySelectorAll("nav button")) one.addEventListener("click", guarded(() => open(one.dataset.tab)));
  $("lang").addEventListener("click", guarded(async () => { zh = !zh; speak(); if (me) await open(tab); }));
  speak();
})();
