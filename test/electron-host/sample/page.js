const { sample } = window;
const find = (id) => document.getElementById(id);

async function ask(question) {
  try {
    const { answer, at, asked } = await sample.ask(question);
    find('answer').textContent = `${answer} ${at instanceof Date} ${asked}`;
  } catch (error) {
    find('answer').textContent = error.message;
  }
}

find('ask').addEventListener('click', () => ask('hello'));
find('badly').addEventListener('click', () => ask(1));
sample.onEnabled((enabled) => {
  find('state').textContent = enabled ? 'on' : 'off';
});
