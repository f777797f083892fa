// Opens the Inspector's page in a headless browser and does what a person would: connects, lists, calls, and tries an
// injection. Arguments: the page's address, the browser's program, a folder for its profile. Says what it saw, and
// fails at the first thing it does not see.
import puppeteer from "puppeteer-core";

const [address, executablePath, userDataDir] = process.argv.slice(2);
const browser = await puppeteer.launch({
  executablePath,
  userDataDir,
  args: [
    "--no-sandbox", // CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const page = await browser.newPage();
await page.setViewport({ width: 1400, height: 900 }); // narrower, the page hides its parts in menus
const shown = () => page.evaluate(() => document.body.innerText);

// The page draws itself anew while it answers, and a click can fall on what is just being replaced: it is repeated.
async function until(what, texts, act) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    await act();
    for (let wait = 0; wait < 20; wait++) {
      const text = await shown();
      if (texts.every((part) => text.includes(part))) {
        console.log(`ok: Inspector's page ${what}`);
        return;
      }
      await new Promise((resume) => setTimeout(resume, 250));
    }
  }
  throw new Error(`Inspector's page: ${what}\nexpected: ${texts}\n${await shown()}`);
}

const click = (xpath) => page.$$eval(`::-p-xpath(${xpath})`, (found) => found[0]?.click());

async function getUser(id) {
  await click("//*[text()='Results']/preceding::button[1]"); // closes them, where they stand in the form's place
  const field = await page.$('::-p-xpath(//input[@id=//label[starts-with(normalize-space(),"user_id")]/@for])');
  await field?.click({ count: 3 }); // selects what is in it
  await page.keyboard.type(id);
  await click("//button[normalize-space()='Execute Tool']");
}

try {
  await page.goto(address);
  await until("connects", ["Connected", "user-service"], () => click("//input[starts-with(@aria-label,'Connect or')]"));
  await until("lists both tools", ["Tools (2)", "get_user", "list_users_by_department"], () =>
    click("//label[normalize-space()='Tools']"),
  );
  await until("asks for a user's ID", ["user_id"], () => click("//button[contains(.,'get_user')]"));
  await until("calls a tool", ["Tariq Dubois"], () => getUser("123"));
  await until("shows the format error", ["Error: Invalid user ID format."], () => getUser("123; DROP TABLE users"));
} finally {
  await browser.close();
}
