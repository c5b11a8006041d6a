// 同一个 canvas-id 在两个组件里：各画各的
Page({ data: { colours: ["#e53935", "#1e88e5"] } });
